import { describe, expect, it } from 'vitest';
import { outputSize, placePicture, rowsInfo, wantedSize } from './geometry';
import { parseTestRecipe } from './test-kit';

const image = (knobs: object) => parseTestRecipe({ image: knobs }).image;

describe('placePicture', () => {
  it.each([
    // From Pillow 12.3.0: contain(picture, size).size, cover(picture, (w, w)).size, contain(picture, (w, w)).size.
    [4000, 3000, 224, 224, [224, 168], [299, 224], [224, 168]],
    [4000, 3000, 320, 160, [213, 160], [427, 320], [320, 240]],
    [4000, 3000, 7, 300, [7, 5], [9, 7], [7, 5]],
    [501, 333, 320, 160, [241, 160], [481, 320], [320, 213]],
  ])('sizes %i×%i for %i×%i as ImageOps does', (width, height, w, h, contain, shortest, longest) => {
    const innerOf = (fit: string) => {
      const { inner } = placePicture({ width, height }, image({ width: w, height: h, fit }));
      return [inner.width, inner.height];
    };
    expect(innerOf('contain')).toEqual(contain);
    expect(innerOf('shortest')).toEqual(shortest);
    expect(innerOf('longest')).toEqual(longest);
  });

  it('covers with the centred box of the ratio, fractions and all', () => {
    const place = placePicture({ width: 500, height: 375 }, image({ width: 300, height: 200, fit: 'cover' }));
    expect(place.box).toEqual({ left: 0, top: (375 - 500 / 1.5) * 0.5, right: 500, bottom: (375 - 500 / 1.5) * 0.5 + 500 / 1.5 }); // biome-ignore format: one box
    expect(place.inner).toEqual({ width: 300, height: 200 });
    expect(placePicture({ width: 500, height: 375 }, image({})).box).toEqual({ left: 62.5, top: 0, right: 437.5, bottom: 375 }); // biome-ignore format: one box
  });

  it('pads around the middle, halves to even as Python rounds', () => {
    const place = placePicture({ width: 10, height: 10 }, image({ width: 15, height: 10, fit: 'contain' }));
    expect(place).toMatchObject({
      inner: { width: 10, height: 10 },
      outer: { width: 15, height: 10 },
      left: 2,
      top: 0,
    });
  });

  it('keeps at least one pixel of a hair', () => {
    for (const fit of ['contain', 'longest'])
      expect(placePicture({ width: 3, height: 2000 }, image({ width: 224, height: 224, fit })).inner).toEqual({ width: 1, height: 224 }); // biome-ignore format: one call
  });

  it('never takes a box outside of the picture', () => {
    const cover = image({});
    const wrong: number[][] = [];
    for (let width = 1; width < 60; width++)
      for (let height = 1; height < 60; height++)
        for (const [w, h] of [[224, 224], [320, 7], [3, 11]]) {
          const { box } = placePicture({ width, height }, { ...cover, width: w, height: h });
          const inside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
          if (!inside || box.right <= box.left || box.bottom <= box.top) wrong.push([width, height, w, h]);
        } // biome-ignore format: three loops
    expect(wrong).toEqual([]);
  });

  it('stretches an augmentation’s crop where the picture would be covered, and keeps its ratio elsewhere', () => {
    const crop = { left: 10, top: 20, right: 110, bottom: 70 };
    const size = { width: 400, height: 300 };
    expect(placePicture(size, image({ fit: 'cover' }), crop)).toMatchObject({ box: crop, inner: { width: 224, height: 224 } }); // biome-ignore format: one call
    expect(placePicture(size, image({ fit: 'longest' }), crop).inner).toEqual({ width: 224, height: 112 });
    expect(placePicture(size, image({ fit: 'none' }), crop).inner).toEqual({ width: 100, height: 50 });
  });
});

describe('wantedSize', () => {
  it('is twice the output, more when crops enlarge, and nothing when the size is kept', () => {
    const wantedFor = (recipe: object) => wantedSize(parseTestRecipe(recipe));
    expect(wantedFor({ image: { width: 320, height: 160 } })).toEqual({ width: 640, height: 320 });
    expect(wantedFor({ image: { width: 320, height: 160, fit: 'shortest' } })).toEqual({
      width: 640,
      height: 640,
    });
    expect(wantedFor({ image: { fit: 'none' } })).toBeNull();
    const steps = [{ 'random-resized-crop': { smallest: 1 / 3 } }, { rotate: {} }];
    expect(wantedFor({ image: {}, augment: { enabled: true, steps } })).toEqual({ width: 896, height: 896 });
    expect(wantedFor({ image: {}, augment: { enabled: false, steps } })).toEqual({ width: 448, height: 448 });
  });
});

describe('rowsInfo', () => {
  it('gives the shape, or null where pictures differ', () => {
    const plan = { classNames: ['a'], extraColumns: ['x'] };
    const grey = { image: { width: 8, height: 4, colour: 'grey' }, normalise: { layout: 'channels-first' } };
    expect(rowsInfo(parseTestRecipe(grey), plan, [])).toMatchObject({
      size: { width: 8, height: 4 },
      shape: [1, 4, 8],
      dtype: 'uint8',
      exif: true,
      gps: false,
    });
    const ragged = parseTestRecipe({ image: { fit: 'longest' } });
    expect(rowsInfo(ragged, plan, [])).toMatchObject({ size: null, shape: null });
    expect(outputSize(ragged)).toBeNull();
  });
});
