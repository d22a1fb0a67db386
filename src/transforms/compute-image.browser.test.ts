import { describe, expect, it } from 'vitest';
import { computeImage, computeRasters } from './compute-image';
import { encodePicture } from './encode-picture';
import { resampleSimd } from './simd';
import { drawDecoded, parseTestRecipe } from './test-kit';
import { weightsOf } from './weights';

async function pixelsOf(
  bytes: Uint8Array,
  type: string,
): Promise<{ width: number; data: Uint8ClampedArray }> {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: `image/${type}` }));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  return { width: bitmap.width, data: context.getImageData(0, 0, bitmap.width, bitmap.height).data };
}

describe('in Chromium', () => {
  it('resamples in WebAssembly SIMD', () => {
    const weights = weightsOf(8, 0, 8, 4, 'bilinear');
    const source = { width: 8, height: 8, channels: 4, data: new Uint8Array(256).fill(200) } as const;
    expect(resampleSimd(source, weights, weights)).toEqual(new Uint8Array(48).fill(200));
  });

  it.each(['png', 'jpeg', 'webp'] as const)('re-encodes what the model sees as %s', async (type) => {
    for (const colour of ['rgb', 'grey']) {
      const recipe = parseTestRecipe({
        image: { width: 32, height: 24, colour, filter: 'area' },
        output: { picture_type: type },
      });
      const decoded = drawDecoded(300, 200);
      const job = { key: 'a', copies: 0, recipe, needs: { tensor: false, picture: true } };
      const [{ picture, tensor, size }] = await computeImage(decoded, job);
      expect(tensor).toBeNull();
      expect(size).toEqual({ width: 32, height: 24 });
      expect(picture?.type).toBe(type);
      const back = await pixelsOf(picture?.bytes ?? new Uint8Array(), type);
      const [{ raster }] = computeRasters(decoded, job);
      const wanted = Array.from(
        { length: 32 * 24 * 3 },
        (_, i) => raster.data[colour === 'grey' ? Math.floor(i / 3) : i],
      );
      const got = [...back.data].filter((_, i) => i % 4 !== 3);
      const largest = Math.max(...got.map((value, i) => Math.abs(value - wanted[i])));
      expect(back.width).toBe(32);
      if (type === 'png') {
        expect(largest).toBe(0);
        expect(picture?.bytes[25], 'colour type: grey or RGB, never with alpha').toBe(
          colour === 'grey' ? 0 : 2,
        );
      } else expect(largest).toBeLessThan(90);
    }
  });

  it('rounds and clips deep pixels to pictures of 8 bits', async () => {
    const data = Float32Array.of(300, -5, 127.4, 127.6);
    const bytes = (await encodePicture({ width: 4, height: 1, channels: 1, data }, 'png', 90)).bytes;
    const back = await pixelsOf(bytes, 'png');
    expect([...back.data].filter((_, i) => i % 4 === 0)).toEqual([255, 0, 127, 128]);
    expect(bytes[24], 'bits a sample').toBe(8);
  });

  it('makes smaller files at a lower quality', async () => {
    const bytesAt = async (quality: number) => {
      const recipe = parseTestRecipe({ output: { picture_quality: quality } });
      const job = { key: 'a', copies: 0, recipe, needs: { tensor: false, picture: true } };
      return (await computeImage(drawDecoded(400, 300), job))[0].picture?.bytes.length ?? 0;
    };
    expect(await bytesAt(20)).toBeLessThan((await bytesAt(95)) / 2);
  });
});
