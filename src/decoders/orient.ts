import { isDeep, type Pixels, type Size } from '../core/image';

/** The size of an upright picture: sides are swapped for the orientations that lie on their side, 5 to 8. */
export function orientedSize(size: Size, orientation: number): Size {
  return orientation >= 5 ? { width: size.height, height: size.width } : size;
}

/**
 * Turns pixels upright by an EXIF orientation of 1 to 8 (EXIF 2.32, tag 0x0112): RGBA of 8 bits, or deep ones of any
 * channels. Orientation 1 gives its argument back; the others give new pixels of the same kind.
 */
export function orient<P extends Pixels>(raster: P, orientation: number): P {
  if (orientation <= 1 || orientation > 8) return raster;
  const { width, height } = raster;
  const turned = orientedSize(raster, orientation);
  const source = words(raster.data);
  const target = new Uint32Array(source.length);
  // A pixel is one word of 32 bits: four channels of 8 bits, or one of float32; the other deep ones are several.
  const pixelWords = isDeep(raster) ? raster.channels : 1;
  // Going one pixel right, or one down, in the source is a fixed step in the target.
  const [start, right, down] = steps(width, height)[orientation];
  // Tiles keep both the rows that are read and the columns that are written in the cache.
  for (let top = 0; top < height; top += tile) {
    const bottom = Math.min(top + tile, height);
    for (let left = 0; left < width; left += tile) {
      const end = Math.min(left + tile, width);
      for (let y = top; y < bottom; y++) {
        let from = y * width + left;
        let to = start + y * down + left * right;
        if (pixelWords === 1) for (let x = left; x < end; x++, to += right) target[to] = source[from++];
        else {
          for (let x = left; x < end; x++, to += right, from++)
            for (let word = 0; word < pixelWords; word++)
              target[to * pixelWords + word] = source[from * pixelWords + word];
        }
      }
    }
  }
  const data = isDeep(raster) ? new Float32Array(target.buffer) : new Uint8ClampedArray(target.buffer);
  return { ...raster, ...turned, data };
}

/** 64 × 64 pixels are 16 KB a side: larger tiles fall out of the cache, smaller ones cost more loops. */
const tile = 64;

/** Where the source's first pixel goes, and the target's steps for one to the right and one down, by orientation. */
function steps(width: number, height: number): Readonly<Record<number, readonly [number, number, number]>> {
  return {
    2: [width - 1, -1, width],
    3: [width * height - 1, -1, -width],
    4: [width * (height - 1), 1, -width],
    5: [0, height, 1],
    6: [height - 1, height, -1],
    7: [width * height - 1, -height, -1],
    8: [height * (width - 1), -height, 1],
  };
}

function words(data: Pixels['data']): Uint32Array {
  if (data.byteOffset % 4 === 0) return new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  return new Uint32Array(data.slice().buffer);
}
