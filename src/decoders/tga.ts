import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { u16le } from './bytes';
import { corrupt, truncated } from './damage';
import { type Mending, plainHeader } from './still';
import type { Tga } from './tga-pixels';

/** Truevision Targa (TGA File Format Specification 2.0): colour-mapped, true-colour and grey, plain or run-length coded. */
export const tga: Decoder = {
  id: 'tga',
  label: 'TGA',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const tga = readTga(bytes);
    if (!tga.ok) return tga;
    const { size, mode } = tga.value;
    return succeeded<Header>(plainHeader('tga', size, mode, tga.value.alpha));
  },
  findDamage(bytes) {
    const tga = readTga(bytes);
    if (!tga.ok) return tga;
    const { size, start, bytesPerPixel, runs } = tga.value;
    const pixels = size.width * size.height;
    const wanted = runs ? endOfRuns(bytes, start, pixels, bytesPerPixel) : start + pixels * bytesPerPixel;
    if (wanted <= bytes.length) return null;
    return truncated(
      `The TGA's ${size.width} × ${size.height} pixels need more than its ${bytes.length} bytes.`,
    );
  },
  decode: (bytes, header, request) => draw(bytes, header, request, 'whole'),
  recover: (bytes, header, request) => draw(bytes, header, request, 'recover'),
};

async function draw(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const read = readTga(bytes);
  if (!read.ok) return read;
  const { drawTga } = await import('./tga-pixels');
  return drawTga(bytes, read.value, header, request, mending);
}

/** Reads a TGA's header. */
function readTga(bytes: Uint8Array): Outcome<Tga> {
  if (bytes.length < 18) return truncated(`The TGA ends inside its header, after ${bytes.length} bytes.`);
  const type = bytes[2];
  const kind = ([null, 'mapped', 'colour', 'grey'] as const)[type & 7] ?? null;
  if (kind === null || type > 11 || (type > 3 && type < 9)) {
    return corrupt(`The TGA is of type ${type}; 1 to 3 and 9 to 11 are known.`);
  }
  const size = { width: u16le(bytes, 12), height: u16le(bytes, 14) };
  if (size.width === 0 || size.height === 0)
    return corrupt(`The TGA's header declares ${size.width} × ${size.height} pixels.`);
  const bits = bytes[16];
  const depths = kind === 'colour' ? [15, 16, 24, 32] : [8, 16];
  if (!depths.includes(bits))
    return corrupt(`The TGA declares ${bits} bits a pixel, which its type ${type} has not.`);
  const hasMap = bytes[1] === 1;
  const map = {
    at: 18 + bytes[0],
    length: hasMap ? u16le(bytes, 5) : 0,
    first: u16le(bytes, 3),
    bits: bytes[7],
  };
  if (kind === 'mapped' && (map.length === 0 || ![15, 16, 24, 32].includes(map.bits)))
    return corrupt(`The TGA has a colour map of ${map.length} colours of ${map.bits} bits.`);
  const alphaBits = bytes[17] & 15;
  const sampleBits = kind === 'mapped' ? map.bits : bits;
  const alpha = kind === 'grey' ? bits === 16 : sampleBits === 32 || (sampleBits === 16 && alphaBits === 1);
  return succeeded<Tga>({
    size,
    mode: kind === 'mapped' ? 'P' : kind === 'grey' ? (alpha ? 'LA' : 'L') : alpha ? 'RGBA' : 'RGB',
    alpha,
    kind,
    runs: type > 8,
    bytesPerPixel: (bits + 7) >> 3,
    map,
    start: map.at + map.length * ((map.bits + 7) >> 3),
    alphaBits,
    fromRight: (bytes[17] & 0x10) !== 0,
    fromTop: (bytes[17] & 0x20) !== 0,
  });
}

/** Where the packets that fill a picture end: beyond the file when it has too few. */
function endOfRuns(bytes: Uint8Array, start: number, pixels: number, bytesPerPixel: number): number {
  let at = start;
  for (let left = pixels; left > 0; ) {
    if (at >= bytes.length) return Number.POSITIVE_INFINITY;
    const packet = bytes[at];
    const count = (packet & 127) + 1;
    at += 1 + (packet > 127 ? 1 : count) * bytesPerPixel;
    left -= count;
  }
  return at;
}
