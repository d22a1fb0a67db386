import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, type FaultServer, startFaultServer } from '../base/test-fault-server';
import type { ModelManifest } from '../core/model-manifest';
import { knownModels } from '../core/model-manifests';
import { getModel, getModelFrom, type Telling } from './get-model';
import { findAltered, installedIds, readInstalled } from './model-folder';

/** Tells servers here what has arrived, so that they break off after it. */
const arrivals = new EventEmitter();
const silent: Telling = {
  say: () => undefined,
  onBytes: (bytes) => void arrivals.emit('bytes', bytes),
};
const [mobilenet] = knownModels();

/** A model of two files: small, and as far as its manifest can be held to it right. */
const weights = Buffer.from(Float32Array.from({ length: 5000 }, (_, i) => i / 7).buffer);
const shards = { 'a.bin': weights.subarray(0, 12_000), 'b.bin': weights.subarray(12_000) };
const json = JSON.stringify({
  format: 'layers-model',
  modelTopology: { model_config: { config: { layers: [{ name: 'global_average_pooling2d', config: {} }] } } },
  weightsManifest: [
    { paths: ['a.bin', 'b.bin'], weights: [{ name: 'd/kernel', shape: [5, 1000], dtype: 'float32' }] },
  ],
});

let models: string;
let server: FaultServer | null = null;
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'models-'));
});
afterEach(async () => {
  await server?.close();
  server = null;
  await rm(models, { recursive: true, force: true });
});

/** Sends a file whole or from where it is asked; the first `breaks` answers break off in the middle. */
function fileAnswer(
  bytes: Buffer,
  { breaks = 0, etag = (): string => '"one"', ranges = [] as string[] } = {},
): Answer {
  return (request, response, count) => {
    const mark = etag();
    const range = request.headers['if-range'] === mark ? request.headers.range : undefined;
    ranges.push(range ?? 'all');
    const from = range === undefined ? 0 : Number(/bytes=(\d+)-/.exec(range)?.[1]);
    const rest = bytes.subarray(from);
    response.writeHead(range === undefined ? 200 : 206, {
      etag: mark,
      'content-length': rest.length,
      ...(range !== undefined && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (count >= breaks) return void response.end(rest);
    const half = rest.length >> 1;
    response.write(rest.subarray(0, half));
    const breakOff = (bytes: number) => {
      if (bytes < from + half) return;
      arrivals.off('bytes', breakOff);
      response.destroy();
    };
    arrivals.on('bytes', breakOff);
  };
}

/** The manifest with its address on this computer. */
const at = (url: string, more: object = {}): ModelManifest => ({
  ...mobilenet,
  sources: [{ kind: 'layers', url, megabytes: 1, ...more }],
});

it('downloads, goes on where a download broke off, and leaves nothing but the model', async () => {
  const ranges: string[] = [];
  server = await startFaultServer({
    '/m/model.json': fileAnswer(Buffer.from(json)),
    '/m/a.bin': fileAnswer(shards['a.bin'], { breaks: 2, ranges }),
    '/m/b.bin': fileAnswer(shards['b.bin']),
  });
  const seen: number[] = [];
  const note = (bytes: number) => void seen.push(bytes);
  arrivals.on('bytes', note);
  await getModel(models, at(`${server.url}/m/model.json`), silent);
  arrivals.off('bytes', note);
  expect(ranges[0]).toBe('all');
  expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
  expect(await readFile(join(models, 'mobilenet-v2/a.bin'))).toEqual(shards['a.bin']);
  expect(await installedIds(models)).toEqual(['mobilenet-v2']);
  expect(JSON.parse(await readFile(join(models, 'index.json'), 'utf8'))).toEqual({
    models: ['mobilenet-v2'],
  });
  expect((await readdir(join(models, 'mobilenet-v2'))).sort()).toEqual([
    'a.bin',
    'b.bin',
    'installed.json',
    'model.json',
  ]);
  expect(Math.max(...seen)).toBe(shards['a.bin'].length);
});

it('begins anew when the file has become another meanwhile', async () => {
  let version = 0;
  const ranges: string[] = [];
  server = await startFaultServer({
    '/m/model.json': fileAnswer(Buffer.from(json)),
    '/m/a.bin': fileAnswer(shards['a.bin'], { breaks: 1, ranges, etag: () => `"${version++}"` }),
    '/m/b.bin': fileAnswer(shards['b.bin']),
  });
  await getModel(models, at(`${server.url}/m/model.json`), silent);
  expect(ranges).toEqual(['all', 'all']);
  expect(await readFile(join(models, 'mobilenet-v2/a.bin'))).toEqual(shards['a.bin']);
});

it('keeps what came when the server is gone, and goes on at the next command', async () => {
  const ranges: string[] = [];
  let up = false;
  const whole = fileAnswer(shards['a.bin'], { ranges });
  server = await startFaultServer({
    '/m/model.json': fileAnswer(Buffer.from(json)),
    '/m/a.bin': (request, response, count) => {
      if (up) return whole(request, response, 1);
      if (count === 0) return fileAnswer(shards['a.bin'], { breaks: 1 })(request, response, 0);
      response.destroy();
    },
    '/m/b.bin': fileAnswer(shards['b.bin']),
  });
  const manifest = at(`${server.url}/m/model.json`);
  await expect(getModel(models, manifest, silent)).rejects.toThrow(
    /cannot be downloaded .*goes on from there[\s\S]*--from FOLDER/,
  );
  expect(await installedIds(models)).toEqual([]);
  up = true;
  await getModel(models, manifest, silent);
  expect(ranges).toEqual([`bytes=${shards['a.bin'].length >> 1}-`]);
  expect(await installedIds(models)).toEqual(['mobilenet-v2']);
});

it('refuses a file of another hash, and keeps neither it nor half a model', async () => {
  server = await startFaultServer({ '/m/model.json': fileAnswer(Buffer.from(json)) });
  const wrong = at(`${server.url}/m/model.json`, { md5: '0'.repeat(32) });
  const found = createHash('md5').update(json).digest('hex');
  await expect(getModel(models, wrong, silent)).rejects.toThrow(
    `MD5 is ${found}, not the published 00000000`,
  );
  expect(await readdir(join(models, '.partial/mobilenet-v2/download'))).toEqual([]);
  expect(await readInstalled(models, 'mobilenet-v2')).toBeNull();
});

it('tells what a server answers, and tries the next address', async () => {
  server = await startFaultServer({
    '/n/model.json': fileAnswer(Buffer.from(json)),
    '/n/a.bin': fileAnswer(shards['a.bin']),
    '/n/b.bin': fileAnswer(shards['b.bin']),
  });
  const missing = at(`${server.url}/m/model.json`);
  await expect(getModel(models, missing, silent)).rejects.toThrow(/answers 404/);
  expect(server.asked).toHaveLength(1); // no other try changes it
  const both = { ...missing, sources: [...missing.sources, ...at(`${server.url}/n/model.json`).sources] };
  expect((await getModel(models, both, silent)).from).toBe(`${server.url}/n/model.json`);
});

it('installs from a folder and holds it to the manifest: what was there before stays', async () => {
  const from = await mkdtemp(join(tmpdir(), 'from-'));
  const get = (manifest: ModelManifest = mobilenet) => getModelFrom(models, manifest, from, '/', silent);
  await expect(get()).rejects.toThrow(/neither model.json nor weights/);
  await writeFile(join(from, 'model.json'), json);
  await writeFile(join(from, 'a.bin'), shards['a.bin']);
  await expect(get()).rejects.toThrow('The model’s file b.bin is missing');
  await writeFile(join(from, 'b.bin'), shards['b.bin'].subarray(4));
  await expect(get()).rejects.toThrow('a.bin to b.bin hold 19996 bytes, and model.json tells of 20000');
  expect(await installedIds(models)).toEqual([]);
  await writeFile(join(from, 'b.bin'), shards['b.bin']);
  const installed = await get();
  expect(await findAltered(models, 'mobilenet-v2', installed)).toEqual([]);

  await expect(get(knownModels()[3])).rejects.toThrow('not of ResNet50: they have no avg_pool');
  await writeFile(join(from, 'model.json'), json.replace('a.bin', '../a.bin'));
  await expect(get()).rejects.toThrow('"../a.bin", which is no name of a file beside it');
  expect(await readInstalled(models, 'mobilenet-v2')).toEqual(installed);

  await writeFile(join(models, 'mobilenet-v2/a.bin'), shards['b.bin']);
  await rm(join(models, 'mobilenet-v2/b.bin'));
  expect(await findAltered(models, 'mobilenet-v2', installed)).toEqual([
    { path: 'a.bin', what: 'altered' },
    { path: 'b.bin', what: 'missing' },
  ]);
  await rm(from, { recursive: true });
});

it('takes the preprocessing that the files themselves ask for', async () => {
  const from = await mkdtemp(join(tmpdir(), 'from-'));
  const preprocessing = { channel_order: 'BGR', scale: 2, mean: [1, 2, 3], std: [1, 1, 0.5] };
  await writeFile(
    join(from, 'model.json'),
    JSON.stringify({ ...JSON.parse(json), userDefinedMetadata: { preprocessing } }),
  );
  for (const [name, bytes] of Object.entries(shards)) await writeFile(join(from, name), bytes);
  const { manifest } = await getModelFrom(models, mobilenet, from, '/', silent);
  // (x / 2 − mean) / std is (x − 2 mean) / (2 std).
  expect(manifest.input).toEqual({
    ...mobilenet.input,
    channels: 'BGR',
    normalisation: { mean: [2, 4, 6], std: [2, 2, 1] },
  });
  await rm(from, { recursive: true });
});
