import { type Outcome, succeeded } from '../core/failure';
import type { Decoded, DecodedFrame, Size } from '../core/image';
import { fileRef } from '../core/image';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';

/** Of 1 MB and 1 MP at most. */
export const knobs = decodeKnobs.parse({ max_megabytes: 1, max_megapixels: 1 });

/** What was decoded, as its first frame. */
export type Seen = Pick<Decoded, 'meta'> & DecodedFrame;

/** Decodes as a decode worker does, of 1 MB and 1 MP at most. */
export async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  wanted: Size | null = null,
  change: Partial<DecodeKnobs> = {},
): Promise<Outcome<Seen>> {
  const file = new File([bytes], 'picture.jpg');
  const wish = { wanted, deep: false, keepExif: false, knobs: { ...knobs, ...change } };
  const { outcome } = await decodeImage(fileRef('folder/picture.jpg', file), wish, false);
  if (outcome === null) throw new Error('it wants a codec');
  return outcome.ok ? succeeded({ meta: outcome.value.meta, ...outcome.value.frames[0] }) : outcome;
}

/** The same; what fails is an error. */
export async function decoded(bytes: Uint8Array<ArrayBuffer>, wanted: Size | null = null) {
  const outcome = await decode(bytes, wanted);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

/** Why a file cannot be decoded, or null. */
export async function failure(bytes: Uint8Array<ArrayBuffer>, change: Partial<DecodeKnobs> = {}) {
  const outcome = await decode(bytes, null, change);
  return outcome.ok ? null : outcome.failure;
}

/** Encodes by the browser. Blocks of 16 pixels keep their colours through JPEG's subsampling. */
export async function encode(
  type: string,
  width: number,
  height: number,
  quality = 0.95,
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  for (let y = 0; y < height; y += 16) {
    for (let x = 0; x < width; x += 16) {
      context.fillStyle = `rgb(${(x * 5) % 256} ${(y * 3) % 256} ${(x + y) % 256})`;
      context.fillRect(x, y, 16, 16);
    }
  }
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer());
}
