// Writes black pictures into an npz for large_npz.py: node large-npz.mjs FILE ROWS SIDE. Zeros are left as holes.
import { open } from 'node:fs/promises';
import { createServer, createServerModuleRunner } from 'vite';

const [path, rows, side] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const runner = createServerModuleRunner(server.environments.ssr);
const { npz } = await runner.import(`${process.cwd()}/src/formats/npz.ts`);

const handle = await open(path, 'w');
let end = 0;
const file = {
  path,
  async write(bytes) {
    // All values of a picture lie in its first block, or nowhere; the tables' texts and numbers are written whole.
    const picture = bytes.length === side * side * 3;
    const dense = picture ? bytes.subarray(0, bytes[0] === 0 ? 0 : 4096) : bytes;
    if (dense.length > 0) await handle.write(dense, 0, dense.length, end);
    end += bytes.length;
  },
  async patch(at, bytes) {
    await handle.write(bytes, 0, bytes.length, at);
  },
};
const info = {
  name: 'large', splits: ['train'], size: { width: side, height: side }, shape: [side, side, 3], channels: 3,
  layout: 'channels-last', dtype: 'uint8', pictureType: 'jpeg', classNames: ['a', 'b'], extraColumns: [], exif: false, gps: false,
  features: [], softLabels: false,
}; // biome-ignore format: a table
const shard = { index: 0, folder: '', part: 0, of: 1, start: 0, end: rows, rows };
const writer = await npz.open({ createOne: async () => file }, info, npz.knobs.parse({}), shard);
const black = new Uint8Array(side * side * 3);
const marked = black.slice();
marked[0] = 1;
for (let row = 0; row < rows; row++) {
  const tensor = { dtype: 'uint8', shape: info.shape, bytes: row === 0 ? marked : black };
  await writer.write([
    { key: `${row}.jpg`, labelId: row % 7, split: 'train', tensor, features: [], softLabels: [] },
  ]);
}
await writer.close();
await handle.truncate(end);
await handle.close();
await server.close();
