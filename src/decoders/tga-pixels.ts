import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, Size, StoredMode } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16le } from './bytes';
import { corrupt } from './damage';
import { decodeStill, keepRows, type Mending } from './still';

/** What a TGA's header says. */
export interface Tga {
  readonly size: Size;
  readonly mode: StoredMode;
  readonly alpha: boolean;
  readonly kind: 'mapped' | 'colour' | 'grey';
  /** True when run-length coded. */
  readonly runs: boolean;
  /** 1 to 4. */
  readonly bytesPerPixel: number;
  /** Where the colour map is, how many colours it has, the number of its first and their bits. */
  readonly map: {
    readonly at: number;
    readonly length: number;
    readonly first: number;
    readonly bits: number;
  };
  /** Where the pixels are. */
  readonly start: number;
  /** How many bits of a pixel, or of the map's colours, the header gives to alpha. */
  readonly alphaBits: number;
  readonly fromRight: boolean;
  readonly fromTop: boolean;
}

/**
 * Draws a TGA. Alpha is taken as Pillow takes it: of every 32-bit pixel, and of a 16-bit one whose header gives it a bit. But
 * where no pixel has any, the channel was never filled, and the picture is opaque. Of a damaged one the whole rows are recovered
 * that stand before what is missing.
 */
export function drawTga(
  bytes: Uint8Array,
  tga: Tga,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const { width, height } = tga.size;
    const packed = tga.runs ? expand(bytes, tga) : bytes.subarray(tga.start);
    const colours = tga.kind === 'mapped' ? readMap(bytes, tga) : null;
    const data = new Uint8ClampedArray(width * height * 4);
    const words = new Uint32Array(data.buffer);
    let from = 0;
    const recover = mending === 'recover';
    let rows = recover ? Math.floor(packed.length / (width * tga.bytesPerPixel)) : height;
    rows = Math.min(rows, height);
    for (let row = 0; row < rows; row++) {
      const y = tga.fromTop ? row : height - 1 - row;
      const step = tga.fromRight ? -1 : 1;
      let to = y * width + (tga.fromRight ? width - 1 : 0);
      for (let column = 0; column < width; column++, from += tga.bytesPerPixel, to += step) {
        if (colours === null) words[to] = pixelAt(packed, from, tga);
        else {
          const index = (tga.bytesPerPixel === 1 ? packed[from] : u16le(packed, from)) - tga.map.first;
          if (index < 0 || index >= colours.length) {
            if (recover) {
              rows = row;
              break;
            }
            return corrupt(`A pixel of the TGA has colour ${index + tga.map.first}, which its map has not.`);
          }
          words[to] = colours[index];
        }
      }
    }
    if (tga.alpha && words.every((word) => word >>> 24 === 0))
      for (let i = 0; i < words.length; i++) words[i] |= 0xff000000;
    const pixels = { width, height, channels: 4, data } as const;
    return recover
      ? keepRows(pixels, tga.fromTop ? 0 : height - rows, tga.fromTop ? rows : height, 'TGA')
      : succeeded(pixels);
  };
  return decodeStill(header, request, draw, mending);
}

function pixelAt(packed: Uint8Array, at: number, { kind, bytesPerPixel, alpha }: Tga): number {
  if (kind !== 'grey') return colourAt(packed, at, bytesPerPixel, alpha);
  return (packed[at] * 0x010101) | ((alpha ? packed[at + 1] : 255) << 24);
}

/** A colour as a little-endian word of RGBA: stored as 5 bits a channel with one for alpha on top, or as BGR(A). */
function colourAt(packed: Uint8Array, at: number, bytes: number, alpha: boolean): number {
  if (bytes === 2) {
    const value = packed[at] | (packed[at + 1] << 8);
    const wide = (five: number) => (((five & 31) * 255) / 31) | 0;
    const opaque = !alpha || value > 0x7fff ? 255 : 0;
    return wide(value >> 10) | (wide(value >> 5) << 8) | (wide(value) << 16) | (opaque << 24);
  }
  const opacity = bytes === 4 && alpha ? packed[at + 3] : 255;
  return packed[at + 2] | (packed[at + 1] << 8) | (packed[at] << 16) | (opacity << 24);
}

function readMap(bytes: Uint8Array, { map, alpha }: Tga): Uint32Array {
  const step = (map.bits + 7) >> 3;
  return Uint32Array.from({ length: map.length }, (_, i) => colourAt(bytes, map.at + i * step, step, alpha));
}

/** Undoes the run-length coding, as far as the file goes; packets may reach over the ends of rows. */
function expand(bytes: Uint8Array, { size, start, bytesPerPixel }: Tga): Uint8Array {
  const packed = new Uint8Array(size.width * size.height * bytesPerPixel);
  let at = start;
  let to = 0;
  while (to < packed.length && at < bytes.length) {
    const packet = bytes[at++];
    const end = Math.min(packed.length, to + ((packet & 127) + 1) * bytesPerPixel);
    if (packet > 127) {
      if (at + bytesPerPixel > bytes.length) break;
      for (let i = 0; to < end; i = (i + 1) % bytesPerPixel) packed[to++] = bytes[at + i];
      at += bytesPerPixel;
    } else {
      const literal = bytes.subarray(at, at + end - to);
      packed.set(literal, to);
      at += literal.length;
      to += literal.length;
    }
  }
  return packed.subarray(0, to);
}
