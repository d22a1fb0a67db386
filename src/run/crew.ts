import type { Engine } from '../core/gpu';
import type { ComputeDoor } from '../workers/compute.worker';
import type { DecodeDoor } from '../workers/decode.worker';
import type { ComputeSetup, FetchSetup } from '../workers/job';
import type { Remote } from '../workers/rpc';
import type { WriteDoor } from '../workers/write.worker';
import { createLinkReader, type LinkReader } from './link-reader';
import { connectLone } from './lone-worker';
import { createPool, type Pool } from './pool';
import { createSpares, type Spares } from './spares';

/** The workers of a run: decode (N), compute (N on the CPU, 1 on a GPU), write (1). */
export interface Crew {
  readonly decode: Pool<DecodeDoor>;
  /** One decode worker with one call at a time, for images whose worker died. */
  readonly solo: Pool<DecodeDoor>;
  /** Workers for images that need a codec of our own, one at a time each. */
  readonly codec: Pool<DecodeDoor>;
  readonly compute: Pool<ComputeDoor>;
  /** What every call of {@link Crew.compute} is given beside its images. */
  readonly setup: ComputeSetup;
  readonly spares: Spares;
  /** Fetches what is a link. */
  readonly links: LinkReader;
  readonly write: Remote<WriteDoor>;
  /** Told by {@link ComputeResult.notes} of a compute worker: it is not engaged again. */
  spoilt: boolean;
  /** Starts the decode and compute workers before the first call. */
  warm(): void;
  /** Ends everything but the writer: calls under way and to come are lost. */
  stop(): void;
  dispose(): void;
}

/** Workers that know nothing of a run: the next one takes them over, and spares itself their start and a codec's. */
interface Hands {
  readonly workers: number;
  readonly engine: Engine;
  readonly decode: Pool<DecodeDoor>;
  readonly codec: Pool<DecodeDoor>;
  readonly compute: Pool<ComputeDoor>;
}

/** Those of the last run, until they have been idle for {@link restMs}. */
let resting: Hands | null = null;

/** Engages the workers of a run; they start when first needed. */
export function createCrew(workers: number, setup: ComputeSetup, proxy: FetchSetup['proxy'] = null): Crew {
  const hands = takeOver(workers, setup.engine);
  const { decode, codec, compute } = hands;
  const solo = createDecodePool(1, 1);
  const writer = createWriteWorker();
  const links = createLinkReader({ knobs: setup.recipe.fetch, proxy });
  let stopped = false;
  const stop = () => {
    stopped = true;
    solo.dispose();
    links.dispose();
    dismiss(hands);
  };
  const crew: Crew = {
    decode,
    solo,
    codec,
    compute,
    setup,
    spoilt: false,
    spares: createSpares(workers * 4),
    links,
    write: connectLone<WriteDoor>(writer, 'The worker that writes the files'),
    warm() {
      decode.warm();
      compute.warm();
    },
    stop,
    dispose() {
      writer.terminate();
      solo.dispose();
      links.dispose();
      // Those that were stopped are idle too, and of no use to the next run.
      const atRest = !stopped && !crew.spoilt && [decode, codec, compute].every((pool) => pool.isIdle());
      if (!atRest) return dismiss(hands);
      if (resting !== null && resting !== hands) dismiss(resting);
      resting = hands;
    },
  };
  return crew;
}

function takeOver(workers: number, engine: Engine): Hands {
  const rested = resting;
  resting = null;
  if (rested?.workers === workers && rested.engine === engine) return rested;
  if (rested !== null) dismiss(rested);
  return {
    workers,
    engine,
    decode: createDecodePool(workers, 2),
    codec: createCodecPool(workers),
    compute: createPool<ComputeDoor>({
      // One device has one owner.
      size: engine === 'webgpu' ? 1 : workers,
      callsPerWorker: 1,
      idleMs: restMs,
      create: createComputeWorker,
    }),
  };
}

function dismiss({ decode, codec, compute }: Hands): void {
  for (const pool of [decode, codec, compute]) pool.dispose();
}

/** Shorter makes a folder of few TIFFs load their codec again and again; longer holds workers' memory for nothing. */
const restMs = 10_000;

/** Decode workers. Two calls in each: while one result travels, the next image is being read. */
export function createDecodePool(size: number, callsPerWorker: number): Pool<DecodeDoor> {
  return createPool<DecodeDoor>({
    size,
    callsPerWorker,
    idleMs: restMs,
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
    idleMs: restMs,
    create: () =>
      new Worker(new URL('../workers/decode.worker.ts', import.meta.url), { type: 'module', name: 'codec' }),
  });
}

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
