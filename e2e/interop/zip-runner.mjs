// Writes the archives that large_zip.py opens: `node zip-runner.mjs FOLDER`, with the product's own writer.
// What is zero stays a hole in the file, so that 4 GiB take no space.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { module } = await runnerImport(`${root}src/base/zip-stream.ts`, { root, configFile: false });
const folder = process.argv[2];
const pieceBytes = 4 * 2 ** 20;
const zeros = new Uint8Array(pieceBytes);

await write('large.zip', [
  { path: 'before.txt', bytes: 6, content: pieces(['before']) },
  { path: 'large.bin', bytes: 4_300_000_000, content: zerosOf(4_300_000_000) },
  { path: 'after 日本.txt', bytes: 5, content: pieces(['after']) },
]);
await write(
  'many.zip',
  Array.from({ length: 70_000 }, (_, i) => ({
    path: `images/class ${i % 7}/${i}.txt`,
    bytes: String(i).length,
    content: pieces([String(i)]),
  })),
);

async function write(name, files) {
  const handle = await open(join(folder, name), 'w');
  let at = 0;
  for await (const piece of module.zipStream(inTurn(files))) {
    if (!isZeros(piece)) await handle.write(piece, 0, piece.length, at);
    at += piece.length;
  }
  await handle.truncate(at);
  await handle.close();
  if (at !== module.zipBytes(files))
    throw new Error(`${name} has ${at} bytes, and ${module.zipBytes(files)} were foretold`);
}

function isZeros(piece) {
  return (
    piece.length === pieceBytes && Buffer.from(piece.buffer, piece.byteOffset, piece.length).equals(zeros)
  );
}

async function* inTurn(files) {
  yield* files;
}

async function* pieces(texts) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function* zerosOf(bytes) {
  for (let at = 0; at < bytes; at += pieceBytes) yield zeros.subarray(0, Math.min(pieceBytes, bytes - at));
}
