import type { Size } from '../core/image';
import { type Box, boxesIn, boxNamed } from './boxes';
import { u16be, u32be } from './bytes';

/**
 * The same AVIF with its alpha plane for the picture, or null when it has none: a file's primary item is a number in its
 * `pitm` box. Chromium takes alpha of more than 8 bits for limited range (16 to 235), whatever the file says, and so cuts
 * off its ends; as a picture of its own the plane comes as it is.
 */
export function alphaAsPicture(bytes: Uint8Array): Uint8Array | null {
  const meta = boxNamed(boxesIn(bytes, 0, bytes.length), 'meta');
  if (meta === null) return null;
  const boxes = boxesIn(bytes, meta.start + 4, meta.end);
  const primary = boxNamed(boxes, 'pitm');
  const references = boxNamed(boxes, 'iref');
  if (primary === null || references === null) return null;
  const wide = bytes[primary.start] > 0;
  const read = wide ? u32be : u16be;
  const alpha = auxiliaryOf(bytes, references, read(bytes, primary.start + 4));
  if (alpha === null || (!wide && alpha > 0xffff)) return null;
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  if (wide) view.setUint32(primary.start + 4, alpha);
  else view.setUint16(primary.start + 4, alpha);
  return result;
}

/** The first item that names another as what it is auxiliary to (`auxl`; ISO/IEC 14496-12, 8.11.12). */
function auxiliaryOf(bytes: Uint8Array, references: Box, item: number): number | null {
  const wide = bytes[references.start] > 0;
  const [size, read] = wide ? ([4, u32be] as const) : ([2, u16be] as const);
  for (const { name, start, end } of boxesIn(bytes, references.start + 4, references.end)) {
    if (name !== 'auxl') continue;
    const count = u16be(bytes, start + size);
    for (let i = 0, at = start + size + 2; i < count && at + size <= end; i++, at += size)
      if (read(bytes, at) === item) return read(bytes, start);
  }
  return null;
}

/** Pixels of four channels. */
interface Rgba extends Size {
  readonly data: { readonly length: number; [at: number]: number };
}

/** Takes another picture's red for this one's alpha; of another size, it is left alone. */
export function takeAlpha(to: Rgba, from: Rgba): void {
  if (to.width !== from.width || to.height !== from.height) return;
  for (let at = 0; at < to.data.length; at += 4) to.data[at + 3] = from.data[at];
}
