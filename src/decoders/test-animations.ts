import { fourCharacters, u32le } from './bytes';
import { ascii, be16, be32, type Drawing, drawPng, join, le16, pngChunk } from './test-files';

/** A frame of an animation drawn in code. */
export interface DrawnFrame {
  readonly drawing: Drawing;
  readonly left: number;
  readonly top: number;
  /** What becomes of it before the next: 1 stays, 2 the canvas's background, 3 what was there before. */
  readonly dispose: 1 | 2 | 3;
}

/** An animated GIF; colours are the nearest of four reds, and pixels whose alpha is 0 are transparent. */
export function drawAnimatedGif(width: number, height: number, frames: readonly DrawnFrame[]) {
  const palette = [0, 85, 170, 255].flatMap((red) => [red, 0, 0]);
  return join(
    ascii('GIF89a'),
    [...le16(width), ...le16(height), 0x82, 0, 0],
    [...palette, ...new Array(12).fill(0)],
    ...frames.flatMap(({ drawing, left, top, dispose }) => [
      [0x21, 0xf9, 4, (dispose << 2) | 1, 5, 0, 7, 0],
      [0x2c, ...[left, top, drawing.width, drawing.height].flatMap(le16), 0],
      gifData(drawing),
    ]),
    [0x3b],
  );
}

/** LZW with a clear code before every pixel, so that all codes have four bits; index 7 is transparent. */
export function gifData({ width, height, rgba }: Drawing): readonly number[] {
  const codes = [8];
  for (let i = 0; i < width * height; i++)
    codes.push(rgba[4 * i + 3] === 0 ? 7 : Math.round(rgba[4 * i] / 85), 8);
  codes.push(9);
  if (codes.length % 2 === 1) codes.push(0);
  const data = Array.from({ length: codes.length / 2 }, (_, i) => codes[2 * i] | (codes[2 * i + 1] << 4));
  const blocks: number[] = [];
  for (let i = 0; i < data.length; i += 255) {
    const block = data.slice(i, i + 255);
    blocks.push(block.length, ...block);
  }
  return [3, ...blocks, 0];
}

/** An animated PNG of pictures of one size that replace each other; `apart` is a default image that is none of them. */
export function drawAnimatedPng(
  frames: readonly Drawing[],
  apart: Drawing | null = null,
): Uint8Array<ArrayBuffer> {
  let sequence = 0;
  const control = ({ width, height }: Drawing) =>
    pngChunk('fcTL', Uint8Array.from([be32(sequence++), be32(width), be32(height), be32(0), be32(0), be16(1), be16(10), [0, 0]].flat())); // biome-ignore format: fields
  const parts = frames.map((drawing, i) => {
    const head = control(drawing);
    const data = dataOf(drawPng(drawing));
    if (i === 0 && apart === null) return [head, pngChunk('IDAT', data)];
    return [head, pngChunk('fdAT', join(be32(sequence++), data))];
  });
  const still = drawPng(apart ?? frames[0]);
  return join(
    still.subarray(0, 33),
    pngChunk('acTL', Uint8Array.from([...be32(frames.length), ...be32(0)])),
    ...(apart === null ? [] : [pngChunk('IDAT', dataOf(still))]),
    ...parts.flat(),
    pngChunk('IEND', new Uint8Array()),
  );
}

/** The picture's own chunk of a WebP, header and data: what browsers write has a profile beside it. */
export function pictureOfWebp(webp: Uint8Array): Uint8Array {
  for (let at = 12; at + 8 <= webp.length; ) {
    const length = u32le(webp, at + 4);
    const padded = 8 + length + (length & 1);
    if (fourCharacters(webp, at).startsWith('VP8') && webp[at + 3] !== 0x58)
      return webp.subarray(at, at + padded);
    at += padded;
  }
  throw new Error('the WebP has no picture');
}

/** What is in the data chunk of a PNG of `drawPng`, which has it right behind the header. */
const dataOf = (png: Uint8Array) => png.subarray(41, png.length - 16);
