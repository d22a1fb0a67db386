/** Where a batch's time went, in milliseconds: measured only when asked for, since measuring makes the GPU wait. */
export interface Clock {
  /** Pixels and numbers on their way to the GPU. */
  uploadMs: number;
  /** The kernels: by the GPU's own timestamps where it has them. */
  kernelMs: number;
  readBackMs: number;
  /** True when {@link Clock.kernelMs} comes from timestamps. */
  stamped: boolean;
}

/** The GPU's own stopwatch around a compute pass. */
export interface Stopwatch {
  readonly timestampWrites: GPUComputePassTimestampWrites;
  /** Puts what was measured where it can be read: encoded behind the pass. */
  resolve(encoder: GPUCommandEncoder): void;
  readMs(): Promise<number>;
}

/** Makes a {@link Stopwatch}; null where the device has no timestamps. */
export function createStopwatch(device: GPUDevice): Stopwatch | null {
  if (!device.features.has('timestamp-query')) return null;
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const resolved = device.createBuffer({ size: 16, usage: QUERY_RESOLVE | COPY_SRC });
  const readable = device.createBuffer({ size: 16, usage: COPY_DST | MAP_READ });
  return {
    timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    resolve(encoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readable, 0, 16);
    },
    async readMs() {
      await readable.mapAsync(GPUMapMode.READ);
      const [begin, end] = new BigInt64Array(readable.getMappedRange().slice(0));
      querySet.destroy();
      resolved.destroy();
      readable.destroy();
      return Number(end - begin) / 1e6;
    },
  };
}
