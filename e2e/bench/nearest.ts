import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { less, median, type Row } from './row';

/** As many as a large folder has, of the length of MobileNetV2's embedding. */
const rows = 100_000;
const length = 1280;
/** A query should feel like none. */
const mostMs = 100;
const queries = 30;

/** Measures one query for the 20 nearest rows among 512 MB of vectors, shared among so many threads, against its bound. */
export async function measureNearest(threads: number, say: (line: string) => void): Promise<Row> {
  const workers = Array.from(
    { length: threads },
    (_, seed) =>
      new Worker(new URL('nearest-thread.mjs', import.meta.url), {
        workerData: { rows: rows / threads, length, seed: seed + 1 },
      }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const times: number[] = [];
    for (let i = -3; i < queries; i++) {
      const query = Float32Array.from({ length }, (_, k) => Math.sin(i * length + k));
      const start = performance.now();
      await Promise.all(
        workers.map((worker) => {
          worker.postMessage(query);
          return once(worker, 'message');
        }),
      );
      if (i >= 0) times.push(performance.now() - start);
    }
    const ms = median(times);
    say(
      `nearest: ${threads} threads, ${ms.toFixed(1)} ms a query, the best ${Math.min(...times).toFixed(1)}`,
    );
    return less(`nearest-100k-1280-${threads}-threads`, 'ms a query', ms, 'bound', mostMs);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
