import type { ComputeDoor } from '../workers/compute.worker';
import type { DecodeDoor } from '../workers/decode.worker';
import type { ComputeSetup } from '../workers/job';
import type { Remote } from '../workers/rpc';
import type { WriteDoor } from '../workers/write.worker';
import { connectLone } from './lone-worker';
import { createPool, type Pool } from './pool';
import { createSpares, type Spares } from './spares';

/** The workers of a run: decode (N), compute (N on the CPU), write (1). */
export interface Crew {
  readonly decode: Pool<DecodeDoor>;
  /** One decode worker with one call at a time, for images whose worker died. */
  readonly solo: Pool<DecodeDoor>;
  /** Workers for images that need a codec of our own, one at a time each. */
  readonly codec: Pool<DecodeDoor>;
  readonly compute: Pool<ComputeDoor>;
  readonly spares: Spares;
  readonly write: Remote<WriteDoor>;
  /** Starts the decode and compute workers before the first call. */
  warm(): void;
  /** Ends everything but the writer: calls under way and to come are lost. */
  stop(): void;
  dispose(): void;
}

/** Engages the workers of a run; they start when first needed. */
export function createCrew(workers: number, setup: ComputeSetup): Crew {
  const decode = createDecodePool(workers, 2);
  const solo = createDecodePool(1, 1);
  const codec = createCodecPool(workers);
  const compute = createPool<ComputeDoor>({
    size: workers,
    callsPerWorker: 1,
    create: createComputeWorker,
    setUp: (worker) => worker.setUp(setup),
  });
  const stop = () => {
    for (const pool of [decode, solo, codec, compute]) pool.dispose();
  };
  const writer = createWriteWorker();
  return {
    decode,
    solo,
    codec,
    compute,
    spares: createSpares(workers * 4),
    write: connectLone<WriteDoor>(writer, 'The worker that writes the files'),
    warm() {
      decode.warm();
      compute.warm();
    },
    stop,
    dispose() {
      stop();
      writer.terminate();
    },
  };
}

/** Decode workers. Two calls in each: while one result travels, the next image is being read. */
export function createDecodePool(size: number, callsPerWorker: number): Pool<DecodeDoor> {
  return createPool<DecodeDoor>({
    size,
    callsPerWorker,
    create: () =>
      new Worker(new URL('../workers/decode.worker.ts', import.meta.url), { type: 'module', name: 'decode' }),
  });
}

/**
 * Workers that may load codecs: the same as decode workers, kept apart because a codec costs memory for as long as its worker lives,
 * and because one that hangs or crashes must take no other image along.
 */
export function createCodecPool(size: number): Pool<DecodeDoor> {
  return createPool<DecodeDoor>({
    size,
    callsPerWorker: 1,
    idleMs: codecIdleMs,
    create: () =>
      new Worker(new URL('../workers/decode.worker.ts', import.meta.url), { type: 'module', name: 'codec' }),
  });
}

/** Shorter makes a folder of few such files load its codec again and again; longer holds its memory for nothing. */
const codecIdleMs = 10_000;

/** One compute worker. */
export function createComputeWorker(): Worker {
  return new Worker(new URL('../workers/compute.worker.ts', import.meta.url), {
    type: 'module',
    name: 'compute',
  });
}

/** The write worker. */
export function createWriteWorker(): Worker {
  return new Worker(new URL('../workers/write.worker.ts', import.meta.url), {
    type: 'module',
    name: 'write',
  });
}
