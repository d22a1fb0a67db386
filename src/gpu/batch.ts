import type { GpuFrame, GpuResult, GpuWanted } from '../core/gpu';
import { dtypeBytes } from '../core/row';
import { createBuffers } from './buffers';
import { type Clock, createStopwatch } from './clock';
import type { Device } from './device';
import { type Dispatch, type Encoded, encodeFrames, type Placed } from './encode';
import { createKernels } from './kernels';

/** Computes batches on one device. */
export interface Batches {
  /** Most bytes that one buffer may have. */
  readonly largestBytes: number;
  /**
   * Makes every frame's copies: pixels and numbers go up, all passes run, the results come down at once.
   * @throws DeviceLost; Error with the driver's words when it refuses a kernel or has no memory.
   */
  run(
    frames: readonly GpuFrame[],
    wanted: GpuWanted,
    clock?: Clock,
  ): Promise<readonly (readonly GpuResult[])[]>;
}

/** Makes the {@link Batches} of a device. */
export function createBatches(device: Device): Batches {
  const { gpu } = device;
  const kernels = createKernels(gpu);
  const pictures = createBuffers(gpu);
  // Apart: a picture's buffer may go to the next picture while the batch is encoded, these may not.
  const tables = createBuffers(gpu);
  const { STORAGE, COPY_DST, COPY_SRC, UNIFORM } = GPUBufferUsage;
  let results: GPUBuffer | null = null;

  /** Of just the size: all of it is read back. */
  function resultsOf(bytes: number): GPUBuffer {
    if (results?.size === bytes) return results;
    results?.destroy();
    results = gpu.createBuffer({ size: bytes, usage: STORAGE | COPY_DST | COPY_SRC });
    return results;
  }

  return {
    largestBytes: Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
    async run(frames, wanted, clock) {
      gpu.pushErrorScope('out-of-memory');
      gpu.pushErrorScope('validation');
      const began = performance.now();
      const sources = frames.map(({ pixels }) => {
        const buffer = pictures.take(pixels.byteLength);
        gpu.queue.writeBuffer(buffer, 0, pixels.buffer, pixels.byteOffset, pixels.byteLength);
        return buffer;
      });
      const encoded = encodeFrames(frames, sources, wanted, kernels, pictures);
      const words = tables.take(encoded.words.byteLength);
      gpu.queue.writeBuffer(words, 0, encoded.words.buffer, 0, encoded.words.byteLength);
      const counts = tables.take(encoded.countsBytes);
      const begins = gpu.createBuffer({
        size: Math.max(1, encoded.dispatches.length) * beginStride,
        usage: UNIFORM | COPY_DST,
      });
      gpu.queue.writeBuffer(begins, 0, beginsOf(encoded.dispatches));
      const made = resultsOf(encoded.resultsBytes);
      if (clock) {
        await device.idle();
        clock.uploadMs += performance.now() - began;
      }

      const stopwatch = clock ? createStopwatch(gpu) : null;
      const encoder = gpu.createCommandEncoder();
      encoder.clearBuffer(made);
      encoder.clearBuffer(counts);
      const pass = encoder.beginComputePass(stopwatch ? { timestampWrites: stopwatch.timestampWrites } : {});
      encoded.dispatches.forEach(({ pipeline, source, made: where, groups }, i) => {
        const target = where === 'results' ? made : where === 'counts' ? counts : where;
        const entries = [source ?? words, target, words, where === 'counts' ? words : counts];
        pass.setPipeline(pipeline);
        const group = gpu.createBindGroup({
          layout: kernels.layout,
          entries: [
            ...entries.map((buffer, binding) => ({ binding, resource: { buffer } })),
            { binding: 4, resource: { buffer: begins, size: 16 } },
          ],
        });
        pass.setBindGroup(0, group, [i * beginStride]);
        pass.dispatchWorkgroups(groups[0], groups[1]);
      });
      pass.end();
      stopwatch?.resolve(encoder);
      const submitted = performance.now();
      gpu.queue.submit([encoder.finish()]);
      begins.destroy(); // once the GPU has done with it
      pictures.give(sources);
      tables.give([words, counts]);
      pictures.settle();
      tables.settle();
      const refused = Promise.all([gpu.popErrorScope(), gpu.popErrorScope()]);
      if (clock) {
        await device.idle();
        clock.kernelMs += stopwatch ? await stopwatch.readMs() : performance.now() - submitted;
        clock.stamped = stopwatch !== null;
      }

      const reading = performance.now();
      const bytes = await device.read(made, ...tensorOf(encoded, wanted));
      const error = (await Promise.race([refused, device.lost])).find((found) => found !== null);
      if (error) throw new Error(error.message);
      if (clock) clock.readBackMs += performance.now() - reading;
      return encoded.places.map((copies) => copies.map((placed) => resultOf(placed, bytes)));
    },
  };
}

/** The least that dynamic offsets may differ by, on every device. */
const beginStride = 256;

function beginsOf(dispatches: readonly Dispatch[]): Uint32Array<ArrayBuffer> {
  const begins = new Uint32Array((Math.max(1, dispatches.length) * beginStride) / 4);
  dispatches.forEach(({ begin }, i) => {
    begins[(i * beginStride) / 4] = begin;
  });
  return begins;
}

/** The batch as a model takes it, where it is one: float32 rows of one shape. Else words. */
function tensorOf(
  { places, resultsBytes }: Encoded,
  { tensor, raster, channels }: GpuWanted,
): [shape: readonly number[], dtype: 'float32' | 'int32'] {
  const all = places.flat();
  const { width, height } = all[0]?.size ?? { width: 0, height: 0 };
  const same = all.every(({ size }) => size.width === width && size.height === height);
  if (tensor?.dtype !== 'float32' || raster || !same) return [[resultsBytes / dtypeBytes.float32], 'int32'];
  const shape = tensor.channelsFirst ? [channels, height, width] : [height, width, channels];
  return [[all.length, ...shape], 'float32'];
}

/** Each result gets memory of its own: they travel to the writer apart. */
function resultOf({ size, tensor, raster }: Placed, bytes: ArrayBuffer): GpuResult {
  const cut = (span: Placed['tensor']) => span && new Uint8Array(bytes.slice(span.start, span.end));
  return { size, tensor: cut(tensor), raster: cut(raster) };
}
