import { describe, expect, it } from 'vitest';
import type { Decoded, Raster } from '../core/image';
import { computeImage, computeRasters } from './compute-image';
import { drawDecoded, drawRaster, parseTestRecipe } from './test-kit';

const needs = { tensor: true, picture: false };

async function plainBytes(decoded: Decoded, recipe: object): Promise<number[]> {
  const [{ tensor }] = await computeImage(decoded, {
    key: 'a',
    copies: 0,
    recipe: parseTestRecipe(recipe),
    needs,
  });
  return [...(tensor?.bytes ?? [])];
}

/** The colours of {@link drawRaster} with an opaque fourth byte. */
function decodedRgb(width: number, height: number): Decoded {
  const { data } = drawRaster(width, height, 3);
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  return withRaster(drawDecoded(width, height), { width, height, channels: 4, data: rgba });
}

const withRaster = (decoded: Decoded, raster: Raster): Decoded => ({
  ...decoded,
  frames: decoded.frames.map((frame) => ({ ...frame, raster })),
});

describe('computeImage', () => {
  // Pinned from Pillow 12.3.0's ImageOps on Image.frombytes('RGB', (11, 6), …), as each name says.
  it('gives ImageOps.fit(picture, (4, 3), BICUBIC) for cover', async () => {
    const recipe = { image: { width: 4, height: 3, fit: 'cover', filter: 'bicubic' } };
    expect(await plainBytes(decodedRgb(11, 6), recipe)).toEqual([
      141, 132, 91, 169, 151, 90, 135, 113, 145, 137, 122, 103, 68, 62, 65, 114, 106, 96, 115, 171, 153, 111,
      138, 111, 84, 122, 110, 78, 130, 131, 152, 131, 128, 103, 122, 137,
    ]);
  });

  it('gives ImageOps.pad(picture, (4, 5), BILINEAR, color) for contain, and of grey', async () => {
    const rgb = { image: { width: 4, height: 5, fit: 'contain', pad: '#102030' } };
    const band = Array.from({ length: 4 }, () => [16, 32, 48]).flat();
    expect(await plainBytes(decodedRgb(11, 6), rgb)).toEqual([
      ...band, ...band,
      129, 125, 92, 136, 131, 92, 127, 133, 129, 137, 131, 110, 89, 123, 117, 92, 111, 109, 119, 138, 140, 124, 127, 120,
      ...band,
    ].slice(0, 60)); // biome-ignore format: rows of pixels
    const grey = { image: { width: 5, height: 4, fit: 'contain', pad: '#102030', colour: 'grey' } };
    expect(await plainBytes(decodedRgb(6, 11), grey)).toEqual([
      29, 29, 119, 124, 29, 29, 29, 134, 131, 29, 29, 29, 123, 122, 29, 29, 29, 124, 129, 29,
    ]);
  });

  it('gives convert("L") for grey', async () => {
    const recipe = { image: { fit: 'none', colour: 'grey' } };
    expect(await plainBytes(decodedRgb(4, 2), recipe)).toEqual([16, 111, 90, 205, 83, 174, 73, 184]);
  });

  it('gives background.paste(picture, mask=alpha) for transparent pixels', async () => {
    const recipe = { image: { fit: 'none' }, decode: { background: '#ff8003' } };
    const decoded = drawDecoded(4, 3, true);
    const before = [...decoded.frames[0].raster.data];
    expect(await plainBytes(decoded, recipe)).toEqual([
      177, 95, 16, 242, 131, 23, 203, 141, 82, 179, 26, 133, 243, 139, 14, 204, 96, 154, 152, 60, 127, 253,
      127, 3, 242, 214, 193, 251, 146, 4, 96, 120, 150, 245, 127, 11,
    ]);
    expect([...decoded.frames[0].raster.data]).toEqual(before);
  });

  it('flattens to the nearest value for every alpha, as Pillow does', async () => {
    // For values 0 to 255 by alpha 0 to 255; no result lies half-way, since 255 is odd.
    const data = new Uint8Array(256 * 256 * 4);
    for (let i = 0; i < 65_536; i++) data.set([i & 255, i & 255, 0, i >> 8], i * 4);
    const decoded = withRaster(drawDecoded(1, 1, true), { width: 256, height: 256, channels: 4, data });
    const recipe = { image: { fit: 'none' }, decode: { background: '#00ff00' } };
    const flat = await plainBytes(decoded, recipe);
    const over = (i: number, background: number) =>
      Math.round(((i & 255) * (i >> 8) + background * (255 - (i >> 8))) / 255);
    const wrong = Array.from({ length: 65_536 }, (_, i) => i).filter(
      (i) => flat[i * 3] !== over(i, 0) || flat[i * 3 + 1] !== over(i, 255),
    );
    expect(wrong).toEqual([]);
  });

  it('says the size, the shape and the type of every fit', async () => {
    for (const fit of ['cover', 'contain', 'stretch', 'shortest', 'longest', 'none']) {
      const recipe = parseTestRecipe({
        image: { fit, width: 20, height: 10 },
        normalise: { dtype: 'float16' },
      });
      const [row] = await computeImage(drawDecoded(30, 40), { key: 'a', copies: 0, recipe, needs });
      const { width, height } = row.size;
      const sizes = { shortest: [20, 27], longest: [15, 20], none: [30, 40] };
      expect([width, height]).toEqual(fit in sizes ? sizes[fit as keyof typeof sizes] : [20, 10]);
      expect(row).toMatchObject({ copy: 0, picture: null, augmentation: [] });
      expect(row.tensor).toMatchObject({ shape: [height, width, 3], dtype: 'float16' });
      expect(row.tensor?.bytes.length).toBe(width * height * 3 * 2);
    }
  });
});

describe('augmented copies', () => {
  const recipe = parseTestRecipe({
    seed: 3,
    image: { width: 16, height: 12 },
    augment: {
      enabled: true,
      steps: [{ 'flip-horizontal': {} }, { rotate: {} }, { 'random-resized-crop': {} }, { brightness: {} }, { contrast: {} }],
    },
  }); // biome-ignore format: a recipe
  const rastersOf = (key: string, copies: number) =>
    computeRasters(drawDecoded(60, 50), { key, copies, recipe });

  it('depend on seed, key and copy alone, not on how many there are', () => {
    const many = rastersOf('cat/1.jpg', 5);
    expect(rastersOf('cat/1.jpg', 5)).toEqual(many);
    expect(rastersOf('cat/1.jpg', 2)).toEqual(many.slice(0, 3));
    expect(rastersOf('cat/2.jpg', 1)[1].augmentation).not.toEqual(many[1].augmentation);
    expect(new Set(many.map((entry) => entry.raster.data.join())).size).toBe(6);
  });

  it('leave the plain row as it is without them', () => {
    const [alone] = computeRasters(drawDecoded(60, 50), { key: 'x', copies: 0, recipe });
    expect(rastersOf('x', 3)[0]).toEqual(alone);
    expect(alone.augmentation).toEqual([]);
  });

  it('each begin with the plain picture, though steps write in place', () => {
    const flip = parseTestRecipe({
      image: { fit: 'none' },
      augment: { steps: [{ 'flip-vertical': { probability: 1 } }] },
    });
    const [plain, first, second] = computeRasters(drawDecoded(4, 3), { key: 'k', copies: 2, recipe: flip });
    expect([...plain.raster.data.subarray(0, 12)]).toEqual([...first.raster.data.subarray(24)]);
    expect(second.raster.data).toEqual(first.raster.data);
  });

  it('record what was done, a crop in shares of the picture', () => {
    const [, { augmentation }] = rastersOf('cat/1.jpg', 1);
    expect(augmentation.map((drawn) => drawn.step)).toEqual(
      expect.arrayContaining(['rotate', 'random-resized-crop']),
    );
    const crop = augmentation.find((drawn) => drawn.step === 'random-resized-crop');
    expect(Object.keys(crop ?? {})).toEqual(['step', 'left', 'top', 'width', 'height']);
    expect(Number(crop?.left) + Number(crop?.width)).toBeLessThanOrEqual(1.000001);
  });

  it('change when an earlier step is taken away, but no drawn number does', () => {
    const steps = (list: object[]) =>
      parseTestRecipe({ seed: 3, image: { width: 8, height: 8 }, augment: { steps: list } });
    const drawnBy = (list: object[]) =>
      computeRasters(drawDecoded(20, 20), { key: 'k', copies: 1, recipe: steps(list) })[1].augmentation;
    const both = drawnBy([{ 'flip-vertical': { probability: 1 } }, { rotate: {} }]);
    const without = drawnBy([{ 'flip-vertical': { probability: 0 } }, { rotate: {} }]);
    expect(both[1]).toEqual(without[0]);
  });
});
