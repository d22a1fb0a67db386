import { describe, expect, it } from 'vitest';
import type { Pixels } from '../core/image';
import { computeRasters } from './compute-image';
import { placePicture, wantedSize } from './geometry';
import { resampleAs } from './resample-as';
// From tf.image.resize and cv2.resize; e2e/interop/conventions.py writes it, and compares many more.
import cases from './resample-as.golden.json';
import { drawDecoded, drawRaster, parseTestRecipe } from './test-kit';

type Image = Parameters<typeof resampleAs>[3];

const wholeOf = ({ width, height }: Pixels) => ({ left: 0, top: 0, right: width, bottom: height });

const golden = cases.map(({ image, channels, from, to, values }) => ({
  image: image as Image, // JSON knows no unions
  name: `${image.resample} ${image.filter}${image.antialias ? ' antialiased' : ''} ${from} to ${to}`,
  picture: drawRaster(from[0], from[1], channels === 1 ? 1 : 3),
  size: { width: to[0], height: to[1] },
  values,
}));

describe.each(golden)('$name', ({ image, picture, size, values }) => {
  it('gives the library’s values, and rounds them where 8 bits are wanted', () => {
    const exact = resampleAs(picture, wholeOf(picture), size, image, true);
    expect(exact).toMatchObject(size);
    expect(exact.data.length).toBe(values.length);
    values.forEach((value, i) => {
      expect(Math.abs(exact.data[i] - value)).toBeLessThan(0.002);
    });
    const bytes = resampleAs(picture, wholeOf(picture), size, image, false);
    expect(bytes.data).toBeInstanceOf(Uint8Array);
    values.forEach((value, i) => {
      expect(Math.abs(bytes.data[i] - Math.min(255, Math.max(0, value)))).toBeLessThan(0.502);
    });
  });

  it('takes nothing from beyond its box, and passes over a fourth channel', () => {
    const { width, height, channels } = picture;
    const around: Pixels = { width: width + 5, height: height + 3, channels: channels === 1 ? 1 : 4, data: new Uint8Array((width + 5) * (height + 3) * (channels === 1 ? 1 : 4)).fill(201) }; // biome-ignore format: a picture
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++)
          around.data[((y + 2) * around.width + x + 4) * around.channels + c] =
            picture.data[(y * width + x) * channels + c];
    const box = { left: 4, top: 2, right: 4 + width, bottom: 2 + height };
    expect(resampleAs(around, box, size, image, true)).toEqual(
      resampleAs(picture, wholeOf(picture), size, image, true),
    );
  });
});

describe('a recipe with another convention than Pillow’s', () => {
  const recipeOf = (image: object, dtype = 'uint8') =>
    parseTestRecipe({ image: { width: 4, height: 3, ...image }, normalise: { dtype } });
  const rastersOf = (recipe: ReturnType<typeof recipeOf>) =>
    computeRasters(drawDecoded(31, 22), { key: 'a', copies: 0, recipe }).map(({ raster }) => raster);

  it('covers with the whole pixels that Keras’ smart_resize crops', () => {
    // keras.utils.image_utils.smart_resize: int(375 * 300 / 200), int((375 - 333) / 2) and so on
    for (const resample of ['tensorflow', 'opencv-area']) {
      const cover = recipeOf({ resample, width: 300, height: 200 }).image;
      expect(placePicture({ width: 500, height: 375 }, cover).box).toEqual({ left: 0, top: 21, right: 500, bottom: 354 }); // biome-ignore format: one box
      expect(placePicture({ width: 1, height: 900 }, cover).box).toEqual({ left: 0, top: 449, right: 1, bottom: 450 }); // biome-ignore format: one box
    }
  });

  it('decodes every pixel', () => {
    expect(wantedSize(recipeOf({}))).not.toBeNull();
    for (const resample of ['tensorflow', 'opencv-area'])
      expect(wantedSize(recipeOf({ resample }))).toBeNull();
  });

  it('keeps TensorFlow’s fractions where the tensor can hold them, and OpenCV’s bytes', () => {
    const [floats] = rastersOf(recipeOf({ resample: 'tensorflow' }, 'float32'));
    expect(floats.data).toBeInstanceOf(Float32Array);
    expect(Array.from(floats.data).some((value) => !Number.isInteger(value))).toBe(true);
    const [rounded] = rastersOf(recipeOf({ resample: 'tensorflow' }));
    expect(Array.from(rounded.data)).toEqual(Array.from(Uint8ClampedArray.from(floats.data)));
    const [bytes] = rastersOf(recipeOf({ resample: 'opencv-area' }, 'float32'));
    expect(bytes.data).toBeInstanceOf(Uint8Array);
  });
});
