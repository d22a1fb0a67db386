import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { truncated } from './damage';
import { decodeStill, keepRows, type Mending } from './still';

/**
 * Draws a QOI, by its specification 1.0. Alpha of a file that declares three channels is not heeded. Of one that is cut off
 * the whole rows are recovered.
 */
export function drawQoi(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const { width, height } = header.size;
    const data = new Uint8ClampedArray(width * height * 4);
    const seen = new Uint8Array(64 * 4);
    let [r, g, b, a] = [0, 0, 0, 255];
    let at = 14;
    for (let to = 0; to < data.length; ) {
      // A longer code may be cut itself.
      if (at >= bytes.length || at + lengthOf(bytes[at]) > bytes.length) {
        if (mending === 'whole')
          return truncated(`The QOI ends after ${to / 4} of ${width * height} pixels.`);
        const rows = Math.floor(to / 4 / width);
        return keepRows({ width, height, channels: 4, data }, 0, rows, 'QOI');
      }
      const byte = bytes[at++];
      let run = 1;
      if (byte >= 0xfe) {
        [r, g, b] = [bytes[at], bytes[at + 1], bytes[at + 2]];
        if (byte === 0xff) a = bytes[at + 3];
        at += byte === 0xff ? 4 : 3;
      } else if (byte < 0x40) {
        const from = byte * 4;
        [r, g, b, a] = [seen[from], seen[from + 1], seen[from + 2], seen[from + 3]];
      } else if (byte < 0x80) {
        r = (r + ((byte >> 4) & 3) - 2) & 255;
        g = (g + ((byte >> 2) & 3) - 2) & 255;
        b = (b + (byte & 3) - 2) & 255;
      } else if (byte < 0xc0) {
        const green = (byte & 63) - 32;
        const both = bytes[at++];
        r = (r + green + (both >> 4) - 8) & 255;
        g = (g + green) & 255;
        b = (b + green + (both & 15) - 8) & 255;
      } else run = (byte & 63) + 1;
      const place = ((r * 3 + g * 5 + b * 7 + a * 11) & 63) * 4;
      seen[place] = r;
      seen[place + 1] = g;
      seen[place + 2] = b;
      seen[place + 3] = a;
      const alpha = header.alpha ? a : 255;
      for (; run > 0 && to < data.length; run--, to += 4) {
        data[to] = r;
        data[to + 1] = g;
        data[to + 2] = b;
        data[to + 3] = alpha;
      }
    }
    return succeeded({ width, height, channels: 4, data });
  };
  return decodeStill(header, request, draw, mending);
}

/** Bytes of a code, by its first. */
function lengthOf(byte: number): number {
  if (byte >= 0xfe) return byte === 0xff ? 5 : 4;
  return byte >= 0x80 && byte < 0xc0 ? 2 : 1;
}
