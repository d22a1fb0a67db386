import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { requestAdapter } from './adapter';

/** The device, which TensorFlow.js shares: what a kernel leaves in a buffer is a tensor as it lies there. */
export interface Device {
  readonly gpu: GPUDevice;
  /** Rejects with a {@link DeviceLost} when the device is lost. */
  readonly lost: Promise<never>;
  /** Resolves when the GPU has done all that it was given. */
  idle(): Promise<void>;
  /** The words of a buffer, read back as the tensor of this shape. The buffer stays its owner's. */
  read(buffer: GPUBuffer, shape: readonly number[], dtype: 'float32' | 'int32'): Promise<ArrayBuffer>;
}

/** The device is gone: its driver crashed, or the system took it. */
export class DeviceLost extends Error {}

/** Opens the adapter's device for TensorFlow.js and for us; null when there is none. A second call replaces the first's. */
export async function openDevice(): Promise<Device | null> {
  const adapter = await requestAdapter();
  if (adapter === null) return null;
  const { limits } = adapter;
  const gpu = await adapter
    .requestDevice({
      requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
      // What TensorFlow.js asks for itself: its kernels and our larger pictures go beyond the defaults.
      requiredLimits: {
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxBufferSize: limits.maxBufferSize,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      },
    })
    .catch(() => null);
  if (gpu === null) return null;
  if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
  // The backend wants to know the adapter only to choose among its own kernels; its type for that is older than the browser's.
  const { info } = adapter as unknown as { info: ConstructorParameters<typeof WebGPUBackend>[1] };
  tf.registerBackend(backendName, () => new WebGPUBackend(gpu, info));
  await onBackend(async () => undefined); // makes it
  const lost = gpu.lost.then(({ message, reason }): never => {
    throw new DeviceLost(message || reason);
  });
  lost.catch(() => undefined); // whoever waits for a result hears of it
  return {
    gpu,
    lost,
    idle: async () => void (await Promise.race([gpu.queue.onSubmittedWorkDone(), lost])),
    async read(buffer, shape, dtype) {
      const tensor = await onBackend(async () => tf.tensor({ buffer, zeroCopy: true }, [...shape], dtype));
      try {
        // Memory that cannot be mapped is a device that is going, though it may not have said so yet.
        const data = tensor.data<typeof dtype>().catch((error: unknown) => {
          throw new DeviceLost(error instanceof Error ? error.message : String(error));
        });
        const { buffer: bytes } = await Promise.race([data, lost]);
        return bytes as ArrayBuffer; // a backend's own copy, never shared memory
      } finally {
        tensor.dispose();
      }
    },
  };
}

/** Works on our backend: a model's extractor may have chosen another one for itself, and finds it again. */
async function onBackend<T>(work: () => Promise<T>): Promise<T> {
  const others = tf.getBackend();
  await tf.setBackend(backendName);
  try {
    return await work();
  } finally {
    if (others && others !== backendName) await tf.setBackend(others);
  }
}

/** The kernels of `@tensorflow/tfjs-backend-webgpu` are registered under this name. */
const backendName = 'webgpu';
