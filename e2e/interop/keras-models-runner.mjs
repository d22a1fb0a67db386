// Converts and runs models for keras_models.py: reads jobs as JSON lines on stdin, writes embeddings and scores as float32.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** In Node the WebAssembly backend reads its binary from the disk, where a page asks its server for it. */
const binariesOnDisk = {
  name: 'binaries-on-disk',
  enforce: 'pre',
  resolveId: (id) =>
    id.endsWith('.wasm?url') ? `\0${root}node_modules/${id.slice(0, -'?url'.length)}` : null,
  load: (id) =>
    id.startsWith('\0') && id.endsWith('.wasm') ? `export default ${JSON.stringify(id.slice(1))}` : null,
};
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  plugins: [binariesOnDisk],
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const runner = createServerModuleRunner(server.environments.ssr);
const from = (path) => runner.import(`${root}src/${path}`);
const { readKerasWeights } = await from('core/keras-h5.ts');
const { convertKeras } = await from('core/convert-keras.ts');
const { topologies } = await from('core/topologies/topologies.ts');
const { knownModels } = await from('core/model-manifests.ts');
const { loadModel } = await from('features/load-model.ts');

for await (const line of createInterface({ input: process.stdin })) {
  const { id, layer, weights, pictures, to } = JSON.parse(line);
  const known = knownModels().find((each) => each.id === id);
  const other = known.layers.find(({ name }) => name === layer);
  const manifest = other ? { ...known, embedding: { nodes: [layer], dimension: other.dimension } } : known;
  const bytes = readFileSync(weights);
  const { json, shards } = convertKeras(
    await readKerasWeights(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    topologies[manifest.topology](),
  );
  const files = new Map([['model.json', new TextEncoder().encode(json).buffer]]);
  for (const shard of shards()) files.set(shard.path, shard.bytes.buffer);
  const read = async (path) => files.get(path) ?? null;
  const model = await loadModel({ manifest, files: { read }, listed: null });
  const pixels = readFileSync(pictures);
  const size = manifest.input.width * manifest.input.height * 3;
  const batch = Array.from({ length: pixels.length / size }, (_, i) =>
    pixels.subarray(i * size, (i + 1) * size),
  );
  const outputs = await model.embed(batch);
  for (const part of ['embedding', 'scores'])
    writeFileSync(`${to}.${part}`, Buffer.concat(outputs.map((output) => Buffer.from(output[part].buffer))));
  model.dispose();
  process.stdout.write(`${JSON.stringify({ id, count: outputs.length })}\n`);
}
await server.close();
