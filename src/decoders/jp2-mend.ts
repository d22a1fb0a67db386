import { joinBytes } from '../base/join-bytes';
import { u16be, u32be } from './bytes';
import type { Area } from './still';

/** A JPEG 2000 that decoders take for a whole one, and what it has nothing of. */
export interface MendedJp2 {
  readonly bytes: Uint8Array;
  readonly missing: readonly Area[];
}

/**
 * Makes a cut JPEG 2000 whole: zeros for what the tile that it was cut in lacks, which read as packets that are empty, so that it
 * loses detail rather than area, and nothing but empty packets for every tile behind it (ISO/IEC 15444-1, A.4.2 and B.10.3). `start` is where
 * the codestream begins. Null when not one tile has begun.
 */
export function mendJp2(bytes: Uint8Array, start: number): MendedJp2 | null {
  const siz = start + 4;
  const begun = new Set<number>();
  let at = siz + u16be(bytes, siz);
  let lacking = 0;
  let packets = 0;
  while (at + 12 <= bytes.length && u16be(bytes, at) !== endMarker) {
    const marker = u16be(bytes, at);
    if (marker !== tileMarker) {
      if (begun.size > 0 || marker < 0xff01) break;
      // Layers, and resolutions of which there are one more than levels.
      if (marker === styleMarker) packets = u16be(bytes, at + 6) * (bytes[at + 9] + 1) * mostPrecincts;
      at += 2 + u16be(bytes, at + 2);
      continue;
    }
    const length = u32be(bytes, at + 6);
    if (length < 14 || length > mostPadding || !hasData(bytes, at + 12)) break;
    begun.add(u16be(bytes, at + 4));
    at += length;
    lacking = Math.max(0, at - bytes.length);
  }
  if (begun.size === 0) return null;
  const tiles = tilesOf(bytes, siz);
  if (tiles.length > mostTiles) return null;
  const missing = tiles.flatMap((area, index) => (begun.has(index) ? [] : [{ area, index }]));
  const emptyBytes = Math.max(1, packets * u16be(bytes, siz + 36));
  if (missing.length * emptyBytes > mostPadding) return null;
  const parts = [
    bytes.subarray(0, Math.min(at, bytes.length)),
    new Uint8Array(lacking),
    ...missing.map(({ index }) => emptyTile(index, emptyBytes)),
    Uint8Array.of(0xff, 0xd9),
  ];
  const whole = joinBytes(parts);
  // The box of the codestream reaches to the end now; an XLBox' length, 16 bytes before, is left to the codec, which passes it over.
  if (start >= 8 && u32be(whole, start - 8) !== 1) whole.fill(0, start - 8, start - 4);
  return { bytes: whole, missing: missing.map(({ area }) => area) };
}

/** True when the file goes on to where a tile-part's data begins, behind its own segments. */
function hasData(bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (at + 2 <= bytes.length) {
    if (u16be(bytes, at) === dataMarker) return true;
    at += 2 + Math.max(2, u16be(bytes, at + 2));
  }
  return false;
}

const [styleMarker, tileMarker, dataMarker, endMarker] = [0xff52, 0xff90, 0xff93, 0xffd9];

/** Parts of a resolution of one tile that may have packets of their own; more zeros than packets do no harm. */
const mostPrecincts = 128;

/** No more than this is added to a file, whatever it declares: a tile of 8 bits and 80 MP. */
const mostPadding = 2 ** 28;

/** The standard's own limit. */
const mostTiles = 65_535;

/** The one tile-part of a tile, whose packets are a zero each: SOT, SOD and data. */
function emptyTile(index: number, bytes: number): Uint8Array {
  const tile = new Uint8Array(14 + bytes);
  tile.set([0xff, 0x90, 0, 10, index >> 8, index & 255]);
  new DataView(tile.buffer).setUint32(6, tile.length);
  tile.set([0, 1, 0xff, 0x93], 10);
  return tile;
}

/** Where the tiles lie in the picture (B.3), in their order. */
function tilesOf(bytes: Uint8Array, siz: number): readonly Area[] {
  const [right, bottom, left, top, width, height, originX, originY] = Array.from({ length: 8 }, (_, i) =>
    u32be(bytes, siz + 4 + 4 * i),
  );
  if (width === 0 || height === 0) return [];
  const across = Math.ceil((right - originX) / width);
  const down = Math.ceil((bottom - originY) / height);
  if (across * down > mostTiles) return new Array(mostTiles + 1);
  return Array.from({ length: across * down }, (_, i) => {
    const x = originX + (i % across) * width;
    const y = originY + Math.floor(i / across) * height;
    return {
      left: Math.max(x, left) - left,
      top: Math.max(y, top) - top,
      right: Math.min(x + width, right) - left,
      bottom: Math.min(y + height, bottom) - top,
    };
  });
}
