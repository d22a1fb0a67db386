// Resamples for conventions.py: reads jobs as JSON lines on stdin, writes each result's raw bytes to its file.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runnerImport } from 'vite';

const { module } = await runnerImport('src/transforms/resample-as.ts', {
  configFile: false,
  logLevel: 'error',
});
for await (const line of createInterface({ input: process.stdin })) {
  const { from, to, width, height, channels, box, size, image, deep, deepOut } = JSON.parse(line);
  const [left, top, right, bottom] = box;
  const bytes = readFileSync(from);
  // Node's small buffers share memory at any offset; float32 wants one of its own.
  const data = deep ? new Float32Array(new Uint8Array(bytes).buffer) : bytes;
  const out = module.resampleAs(
    { width, height, channels, data },
    { left, top, right, bottom },
    { width: size[0], height: size[1] },
    image,
    deepOut,
  );
  writeFileSync(to, new Uint8Array(out.data.buffer, out.data.byteOffset, out.data.byteLength));
  const isDeep = out.data instanceof Float32Array;
  process.stdout.write(`${JSON.stringify([out.width, out.height, out.channels, isDeep])}\n`);
}
