import { describe, expect, test } from 'vitest';
import { commands, server } from 'vitest/browser';
import { fileRef } from '../core/image';
import { declaredInput, readModelJson } from '../core/model-json';
import type { ModelManifest } from '../core/model-manifest';
import { knownModels } from '../core/model-manifests';
import { decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from '../decoders/decode-image';
import { type LoadedModel, loadModel } from '../features/load-model';
import { modelPicture } from '../features/model-picture';
import { topClasses } from '../features/top-classes';
import { resample } from '../transforms/resample';

const base = `/@fs${server.config.root}/../shared/models/`;
const there = await fetch(`${base}mobilenet-v2/expected.json`).then(
  ({ ok, headers }) => ok && headers.get('content-type')?.includes('json') === true,
);

/** The scores of other software's answer that are too near to one another to hold an order to. */
const nearTie = 0.02;

describe.skipIf(!there)('real weights on ../shared/models/photos (skipped when they are absent)', () => {
  test.each([
    ['mobilenet-v2', 'mobilenet-v2'],
    ['mobilenet-v1-0.75', 'mobilenet-v1-0.75'],
    ['resnet50', 'resnet50'],
  ])('%s names what others name', async (folder, id) => {
    const { top5 }: { top5: Record<string, [string, number][]> } = await (
      await fetch(`${base}${folder}/expected.json`)
    ).json();
    const model = await loadModel({
      manifest: await manifestOf(folder, id),
      files: { read: (path) => bytesOf(`${folder}/${path}`) },
      listed: null,
    });
    for (const photo of photos) {
      const expected = top5[photo];
      const [{ embedding, scores }] = await model.embed([await pictureOf(photo, model)]);
      expect(embedding.length).toBe(model.manifest.embedding.dimension);
      const ours = topClasses(scores ?? new Float32Array(), model.classNames, 8);
      expect(ours[0].name, photo).toBe(expected[0][0]);
      expect(ours[0].score).toBeCloseTo(expected[0][1], 1);
      // Each of theirs is among ours, but for those that score as little as what may come after them.
      const least = expected[4][1];
      for (const [name, score] of expected)
        if (score > least + nearTie) expect(ours.slice(0, 5).map((one) => one.name)).toContain(name);
    }
    model.dispose();
  });
});

const photos = [
  'coral_bird.png',
  'coral_cat_720p.jpg',
  'coral_dragonfly.png',
  'coral_hot_dog.jpg',
  'coral_parrot.jpg',
];

async function manifestOf(folder: string, id: string): Promise<ModelManifest> {
  const manifest = knownModels().find((known) => known.id === id);
  if (manifest === undefined) throw new Error(`no manifest ${id}`);
  const declared = declaredInput(readModelJson(await (await fetch(`${base}${folder}/model.json`)).text()));
  return { ...manifest, input: { ...manifest.input, ...declared } };
}

/** The tests' server takes a file without an ending for a script. */
async function bytesOf(path: string): Promise<ArrayBuffer> {
  const text = await commands.readFile(`../shared/models/${path}`, 'base64');
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

async function pictureOf(photo: string, { manifest }: LoadedModel) {
  const file = new File([await (await fetch(`${base}photos/${photo}`)).arrayBuffer()], photo);
  const wish = { wanted: null, deep: false, keepExif: false, knobs: decodeKnobs.parse({}) };
  const { outcome } = await decodeImage(fileRef(photo, file), wish, true);
  if (!outcome?.ok) throw new Error(`${photo} cannot be decoded`);
  return modelPicture(outcome.value.frames[0].raster, manifest.input, { resample });
}
