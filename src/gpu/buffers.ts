/** Storage buffers that go from hand to hand, since making one costs more than most kernels. */
export interface Buffers {
  /** A buffer of at least so many bytes; what it holds is anything. */
  take(bytes: number): GPUBuffer;
  /** Gives buffers back, which later commands may write over; those that were encoded before read them first. */
  give(buffers: readonly GPUBuffer[]): void;
  /** Lets go of what is too much to keep: called when all that was encoded is submitted. */
  settle(): void;
}

/** Bytes kept for the next batch. More hold the GPU's memory for nothing, fewer make batches of large pictures wait for it. */
const keptBytes = 256 * 2 ** 20;

/** Makes a {@link Buffers}. */
export function createBuffers(device: GPUDevice): Buffers {
  const free = new Map<number, GPUBuffer[]>();
  let kept = 0;
  return {
    take(bytes) {
      const size = sizeFor(bytes);
      const known = free.get(size)?.pop();
      if (known !== undefined) {
        kept -= size;
        return known;
      }
      const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
      return device.createBuffer({ size, usage: STORAGE | COPY_DST | COPY_SRC });
    },
    give(buffers) {
      for (const buffer of buffers) {
        kept += buffer.size;
        const same = free.get(buffer.size);
        if (same === undefined) free.set(buffer.size, [buffer]);
        else same.push(buffer);
      }
    },
    settle() {
      for (const [size, buffers] of free) {
        while (kept > keptBytes && buffers.length > 0) {
          buffers.pop()?.destroy();
          kept -= size;
        }
      }
    },
  };
}

/** Eighths of powers of two: pictures of nearly the same size share buffers, and little of one is waste. */
function sizeFor(bytes: number): number {
  const step = 2 ** Math.max(8, Math.ceil(Math.log2(Math.max(1, bytes))) - 3);
  return Math.ceil(Math.max(1, bytes) / step) * step;
}
