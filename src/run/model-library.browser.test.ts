import { afterEach, expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { findModel, whyMissing } from '../features/find-model';
import { readModel } from '../features/read-model';
import { type DownloadProgress, downloadModel, installModel, listModels, removeModel } from './model-library';

const id = 'mobilenet-v2';
const signal = new AbortController().signal;
const quiet = () => undefined;

afterEach(async () => {
  await commands.stopModelHost();
  await removeModel(id);
});

/** A model of two files: small, and as far as its manifest can be held to it right. */
const weights = Float32Array.from({ length: 50_000 }, (_, i) => i / 7);
const bytes = new Uint8Array(weights.buffer);
const files = {
  'model.json': new TextEncoder().encode(
    JSON.stringify({
      format: 'layers-model',
      modelTopology: {
        model_config: { config: { layers: [{ name: 'global_average_pooling2d', config: {} }] } },
      },
      weightsManifest: [
        { paths: ['a.bin', 'b.bin'], weights: [{ name: 'd/kernel', shape: [50, 1000], dtype: 'float32' }] },
      ],
    }),
  ),
  'a.bin': bytes.subarray(0, 120_000),
  'b.bin': bytes.subarray(120_000),
};

const inBase64 = (changes: Record<string, Uint8Array> = {}) =>
  Object.fromEntries(
    Object.entries({ ...files, ...changes }).map(([name, content]) => [
      name,
      btoa(String.fromCharCode(...content)),
    ]),
  );

const sourcesAt = (url: string, more: object = {}) => [
  { kind: 'layers' as const, url: `${url}/model.json`, megabytes: 1, ...more },
];

const placeOf = async () => (await listModels()).find(({ manifest }) => manifest.id === id)?.place;

it('downloads once, goes on where it broke off, and is found and checked ever after', async () => {
  const url = await commands.startModelHost(inBase64(), 'a.bin');
  const onProgress = ({ bytes, total }: DownloadProgress) => {
    if (total === 120_000 && bytes === 60_000) void commands.breakOffModelHost();
  };
  await downloadModel(id, onProgress, signal, sourcesAt(url));
  const asked = (await commands.askedOfModelHost()).filter((each) => each.startsWith('a.bin'));
  expect(asked).toEqual(['a.bin all', 'a.bin bytes=60000-']);
  const found = await findModel(id);
  expect(found?.place).toBe('browser');
  const read = await readModel(found!);
  expect(read.weights.map(({ byteLength }) => byteLength)).toEqual([120_000, 80_000]);
  expect(new Uint8Array(read.weights[0])).toEqual(files['a.bin']);
  expect(await whyMissing(id, 'MobileNetV2')).toBeNull();

  const root = await navigator.storage.getDirectory();
  const stored = await (await root.getDirectoryHandle('models')).getDirectoryHandle(id);
  const writable = await (await stored.getFileHandle('a.bin')).createWritable();
  await writable.write(new Uint8Array(120_000));
  await writable.close();
  await expect(readModel(found!)).rejects.toThrow(
    /a\.bin of the model MobileNetV2 is not the one that was installed/,
  );
});

it('refuses a file of another hash, and has no model then', async () => {
  const url = await commands.startModelHost(inBase64());
  const sources = sourcesAt(url, { md5: '0'.repeat(32) });
  await expect(downloadModel(id, quiet, signal, sources)).rejects.toThrow(
    /MD5 is [0-9a-f]{32}, not the published 0{32}\. It was deleted\..*npm run models/,
  );
  expect(await placeOf()).not.toBe('browser');
});

it('tells what is missing, and what cannot be reached', async () => {
  const url = await commands.startModelHost(inBase64());
  await expect(downloadModel(id, quiet, signal, sourcesAt(`${url}/other`))).rejects.toThrow(
    /answers 404 for .*built-in descriptor/,
  );
  await commands.stopModelHost();
  await expect(downloadModel(id, quiet, signal, sourcesAt(url))).rejects.toThrow(
    /cannot be reached from this page, or does not share/,
  );
});

it('installs from a folder, and names what is missing', async () => {
  const picked = Object.entries(files).map(([name, content]) => new File([content], name));
  await expect(installModel(id, picked.slice(0, 2))).rejects.toThrow('The model’s file b.bin is missing');
  await expect(installModel('resnet50', picked)).rejects.toThrow('not of ResNet50');
  await expect(installModel(id, [])).rejects.toThrow('neither model.json nor weights');
  await installModel(id, picked);
  expect(await placeOf()).toBe('browser');
  await removeModel(id);
  expect(await placeOf()).not.toBe('browser');
});

it('stops when it is told to', async () => {
  const url = await commands.startModelHost(inBase64());
  const stop = new AbortController();
  stop.abort();
  await expect(downloadModel(id, quiet, stop.signal, sourcesAt(url))).rejects.toThrow(/abort/i);
});
