import type { Gpu, GpuFrame, GpuResult, GpuWanted } from '../core/gpu';
import { type Batches, createBatches } from './batch';
import type { Clock } from './clock';
import { DeviceLost, openDevice } from './device';

/** What only measurements and tests ask for. */
export interface GpuOptions {
  /** Where batches' times are added up. */
  readonly clock?: Clock;
  /** Told of every device as it is opened. */
  readonly opened?: (device: GPUDevice) => void;
}

/**
 * Opens the GPU. When the device is lost, it is opened once more and the batch is computed anew from its pixels, which are still
 * here; when it is lost again, every later batch is the CPU's.
 */
export async function openGpu({ clock, opened }: GpuOptions = {}): Promise<Gpu> {
  const notes: string[] = [];
  let losses = 0;
  let current = await open();
  if (current === null) notes.push('The GPU gave no device: the run goes on on the CPU.');

  async function open(): Promise<Batches | null> {
    const device = await openDevice();
    if (device === null) return null;
    opened?.(device.gpu);
    return createBatches(device);
  }

  async function lose(why: string): Promise<void> {
    losses++;
    if (losses > 1) {
      current = null;
      notes.push(`The GPU was lost again (${why}): the run goes on on the CPU. No image is lost.`);
      return;
    }
    current = await open();
    notes.push(
      current === null
        ? `The GPU was lost (${why}) and did not come back: the run goes on on the CPU. No image is lost.`
        : `The GPU was lost (${why}) and opened again: its batch was computed anew. No image is lost.`,
    );
  }

  return {
    get isThere() {
      return current !== null;
    },
    get largestBytes() {
      return current?.largestBytes ?? 0;
    },
    async run(frames, wanted) {
      while (current !== null) {
        const batches = current;
        try {
          const results: (readonly GpuResult[])[] = [];
          for (const group of groupsOf(frames, wanted, batches.largestBytes))
            results.push(...(await batches.run(group, wanted, clock)));
          return results;
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          if (error instanceof DeviceLost) await lose(why);
          else {
            const note = `The GPU refused a batch (${why}): the CPU computed it.`;
            if (!notes.includes(note)) notes.push(note);
            return null;
          }
        }
      }
      return null;
    },
    takeNotes: () => notes.splice(0),
  };
}

/** Bytes of pixels and results that go to the GPU together. More hold its memory, fewer make it wait between batches. */
const groupBytes = 128 * 2 ** 20;

/** Cuts a batch whose frames, or results, are too many for the GPU to hold at once. */
function* groupsOf(
  frames: readonly GpuFrame[],
  wanted: GpuWanted,
  largestBytes: number,
): Generator<readonly GpuFrame[]> {
  const most = Math.min(groupBytes, largestBytes);
  let group: GpuFrame[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const weight = frame.pixels.length + resultBytes(frame, wanted);
    if (group.length > 0 && bytes + weight > most) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(frame);
    bytes += weight;
  }
  if (group.length > 0) yield group;
}

/** At most what a frame's results take, in bytes. */
function resultBytes({ copies }: GpuFrame, { channels, tensor, raster }: GpuWanted): number {
  const perPixel = channels * ((tensor === null ? 0 : 4) + (raster ? 1 : 0));
  return copies.reduce((sum, { placing: { outer } }) => sum + outer.width * outer.height * perPixel + 8, 0);
}
