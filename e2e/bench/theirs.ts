import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';

const side = 224;
const imageBytes = side * side * 3;

/** What stands beside ours in the table. */
export const sharpVersion = `sharp ${sharp.versions.sharp}`;

/**
 * Does the same job with sharp: upright, covered to 224 x 224, three channels, into one `images.npy` in order. As many
 * images at once as there are cores, each on one libvips thread, which on the machines measured is its fastest way; its
 * cache is off, since the same file comes again in every run.
 * @returns Milliseconds.
 */
export async function runSharp(pictures: readonly string[], output: string): Promise<number> {
  sharp.cache(false);
  sharp.concurrency(1);
  const start = performance.now();
  const file = await open(output, 'w');
  try {
    await file.write(npyHeader(pictures.length), 0);
    let next = 0;
    const lane = async () => {
      while (next < pictures.length) {
        const i = next++;
        const pixels = await sharp(pictures[i])
          .autoOrient()
          .resize(side, side, { fit: 'cover', kernel: 'linear' })
          .flatten({ background: '#ffffff' })
          .toColourspace('srgb')
          .raw()
          .toBuffer();
        if (pixels.length !== imageBytes)
          throw new Error(`sharp gave ${pixels.length} bytes of ${pictures[i]}`);
        await file.write(pixels, 0, imageBytes, 128 + i * imageBytes);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
  } finally {
    await file.close();
  }
  return performance.now() - start;
}

/** NumPy's format 1.0, padded to 128 bytes. */
function npyHeader(count: number): Buffer {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${side}, ${side}, 3), }`;
  const text = `${header.padEnd(117)}\n`;
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(text, 'latin1')]);
}
