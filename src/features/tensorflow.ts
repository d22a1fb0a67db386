import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

/** TensorFlow.js' core, with the WebAssembly backend behind it. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core');

let loading: Promise<Tensorflow> | null = null;

/**
 * Loads TensorFlow.js and its WebAssembly backend from our own origin, once in this worker. One thread each: two workers of one
 * thread give about twice what one worker of two gives, for MobileNet's layers are small.
 */
export function loadTensorflow(): Promise<Tensorflow> {
  loading ??= start().catch((error) => {
    loading = null; // a lost connection may come back
    throw error;
  });
  return loading;
}

async function start(): Promise<Tensorflow> {
  const [tf, { setWasmPaths }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl, // asked for only with threads, which are off
  });
  tf.enableProdMode(); // without its checks of every number
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  return tf;
}
