// One of the threads among which e2e/bench/nearest.ts shares its rows.
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { runnerImport } from 'vite';

const file = fileURLToPath(new URL('../../src/features/nearest.ts', import.meta.url));
const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
const { rows, length, seed } = workerData;
const index = module.createNearest(length, rows);
let state = seed;
for (let row = 0; row < rows; row++) {
  const vector = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    vector[i] = state / 2 ** 31;
  }
  index.add(vector);
}
parentPort.on('message', (query) => parentPort.postMessage(index.nearest(query, 20)));
parentPort.postMessage('ready');
