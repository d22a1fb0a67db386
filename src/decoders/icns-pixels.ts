import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { truncated } from './damage';
import { decodeStill } from './still';

/** The picture of an icon that is read. */
export interface IcnsEntry {
  readonly kind: 'png' | 'jp2' | 'argb' | 'rgb';
  readonly data: Uint8Array;
  /** Pixels a side, of those that are no files of their own. */
  readonly side: number;
  /** Opacity, a byte a pixel, of the kind `rgb`; null when the icon has none. */
  readonly mask: Uint8Array | null;
}

/** Draws an Apple icon's bare pixels: channels one after the other, each run-length coded (libicns, `icns_rle24.c`). */
export function drawIcns(
  { kind, data: packed, side, mask }: IcnsEntry,
  header: Header,
  request: DecodeRequest,
): Outcome<readonly DecodedFrame[]> {
  return decodeStill(header, request, () => {
    const pixels = side * side;
    const data = new Uint8ClampedArray(pixels * 4).fill(255);
    // Red, green and blue are where they belong; ARGB has alpha first.
    const channels = kind === 'argb' ? [3, 0, 1, 2] : [0, 1, 2];
    let at = kind === 'argb' ? 4 : 0;
    if (kind === 'rgb' && packed.length === pixels * 3) {
      for (let i = 0; i < pixels; i++)
        for (const channel of channels) data[4 * i + channel] = packed[3 * i + channel];
    } else {
      for (const channel of channels) {
        for (let i = 0; i < pixels; ) {
          if (at >= packed.length) return truncated('The icon ends inside its largest picture.');
          const code = packed[at++];
          const end = Math.min(pixels, i + (code < 128 ? code + 1 : code - 125));
          const step = code < 128 ? 1 : 0;
          for (; i < end; i++, at += step) data[4 * i + channel] = packed[at];
          if (step === 0) at++;
        }
      }
    }
    if (mask !== null) for (let i = 0; i < pixels; i++) data[4 * i + 3] = mask[i] ?? 255;
    return succeeded({ width: side, height: side, channels: 4, data });
  });
}
