import type { NpyDescr } from './npy-header';

/** NumPy's type of text of `width` code points; it has none of width 0. */
export const textDescr = (width: number): NpyDescr => `<U${Math.max(1, width)}`;

/** Counts code points, which are what NumPy's text is made of. */
export function codePointsOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Texts as NumPy lays them out, UTF-32 padded with zeros, in pieces of some thousand rows. */
export function* textRows(texts: readonly string[], width: number): Generator<Uint8Array> {
  const most = Math.max(1, Math.floor(pieceBytes / (4 * width)));
  for (let start = 0; start < texts.length; start += most) {
    const piece = texts.slice(start, start + most);
    const points = new Uint32Array(piece.length * width);
    piece.forEach((text, row) => {
      let at = row * width;
      for (const character of text) points[at++] = character.codePointAt(0) ?? 0;
    });
    yield new Uint8Array(points.buffer);
  }
}

/** More holds more memory when one name is long; less makes more calls. */
const pieceBytes = 2 ** 20;
