import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { Decoder } from '../core/plugin';
import { fourCharacters, hasText, u32be } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import type { IcnsEntry } from './icns-pixels';
import { jp2 } from './jp2';
import { png } from './png';
import { plainHeader } from './still';

/** Apple icons: the largest picture, be it a PNG, a JPEG 2000, ARGB, or 24 bits with a mask. */
export const icns: Decoder = {
  id: 'icns',
  label: 'ICNS',
  reduces: false,
  heavy: (bytes) => {
    const entry = largest(bytes);
    return entry.ok && entry.value.kind === 'jp2';
  },
  readHeader(bytes) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { kind, data, side } = entry.value;
    if (kind === 'png' || kind === 'jp2') {
      const inner = (kind === 'png' ? png : jp2).readHeader(data);
      return inner.ok
        ? succeeded<Header>({ ...inner.value, format: 'icns', frames: 1, exif: null, orientation: 1 })
        : inner;
    }
    return succeeded(plainHeader('icns', { width: side, height: side }, 'RGBA', true));
  },
  findDamage(bytes) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const declared = u32be(bytes, 4);
    if (declared > bytes.length)
      return truncated(`The icon declares ${declared} bytes; the file has ${bytes.length}.`);
    const { kind, data } = entry.value;
    return kind === 'png' ? png.findDamage(data) : kind === 'jp2' ? jp2.findDamage(data) : null;
  },
  async decode(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { kind, data } = entry.value;
    if (kind === 'png') return png.decode(data, header, request);
    if (kind === 'jp2') return jp2.decode(data, header, { ...request, reduction: 1 });
    const { drawIcns } = await import('./icns-pixels');
    return drawIcns(entry.value, header, request);
  },
  // What is cut off behind the largest picture does not matter to it.
  async recover(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    return entry.value.kind === 'png' && png.recover
      ? png.recover(entry.value.data, header, request)
      : icns.decode(bytes, header, request);
  },
};

/** Sides of the types that hold bare pixels (libicns; Pillow's IcnsImagePlugin): colours and their masks. */
const rgbTypes: readonly (readonly [string, string, number])[] = [
  ['it32', 't8mk', 128],
  ['ih32', 'h8mk', 48],
  ['il32', 'l8mk', 32],
  ['is32', 's8mk', 16],
];

/** Types whose `ARGB` data are run-length coded. */
const argbSides: Readonly<Record<string, number>> = { ic04: 16, ic05: 32, icsb: 18 };

function largest(bytes: Uint8Array): Outcome<IcnsEntry> {
  const entries = new Map<string, Uint8Array>();
  let cut = false;
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = u32be(bytes, at + 4);
    if (length < 8) return corrupt(`The icon has an entry of ${length} bytes at byte ${at}.`);
    cut = at + length > bytes.length;
    entries.set(fourCharacters(bytes, at), bytes.subarray(at + 8, Math.min(bytes.length, at + length)));
    at += length;
  }
  let best: IcnsEntry | null = null;
  let bestSide = 0;
  const offer = (entry: IcnsEntry, side: number) => {
    if (side > bestSide) [best, bestSide] = [entry, side];
  };
  for (const data of entries.values()) {
    if (hasText(data, 0, '\x89PNG\r\n\x1a\n'))
      offer({ kind: 'png', data, side: 0, mask: null }, u32be(data, 16));
    else if (hasText(data, 4, 'jP  \r\n\x87\n')) {
      const header = jp2.readHeader(data);
      if (header.ok) offer({ kind: 'jp2', data, side: 0, mask: null }, header.value.size.width);
    }
  }
  for (const [type, data] of entries) {
    const side = argbSides[type];
    if (side !== undefined && hasText(data, 0, 'ARGB')) offer({ kind: 'argb', data, side, mask: null }, side);
  }
  for (const [type, maskType, side] of rgbTypes) {
    const data = entries.get(type);
    // The largest type opens with four zeros.
    if (data === undefined) continue;
    const start = type === 'it32' && u32be(data, 0) === 0 ? 4 : 0;
    offer({ kind: 'rgb', data: data.subarray(start), side, mask: entries.get(maskType) ?? null }, side);
  }
  if (best !== null) return succeeded(best);
  if (cut || entries.size === 0)
    return truncated(`The icon ends before its pictures, after ${bytes.length} bytes.`);
  const names = [...entries.keys()].join(', ').replace(/[^ -~]/g, '?');
  return unsupported(`The icon holds no picture of a kind that is decoded, but ${names}.`, 'Save it as PNG.');
}
