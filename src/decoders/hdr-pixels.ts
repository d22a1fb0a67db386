import type { Outcome } from '../core/failure';
import type { DecodedFrame, Header, Pixels } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { corrupt, truncated } from './damage';
import { scaleSamples } from './scale-samples';
import { decodeStill, keepRows, type Mending } from './still';

/**
 * Draws a Radiance picture: mantissa * 2^(exponent - 136), as most readers have it, without the half that Radiance itself
 * adds to the mantissa. The file's EXPOSURE is not divided out. `start` is where the scan lines are. Of a damaged one the lines
 * before the first that is wrong are recovered.
 */
export function drawHdr(
  bytes: Uint8Array,
  start: number,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const { width, height } = header.size;
    const rgbe = new Uint8Array(width * 4);
    const samples = new Float32Array(width * height * 3);
    let at = start;
    const finish = (lines: number, wrong: Outcome<never> | null) => {
      if (wrong !== null && mending === 'whole') return wrong;
      const pixels = scaleSamples(samples, { width, height, channels: 3 }, request);
      return keepRows(pixels, 0, lines, 'HDR');
    };
    for (let y = 0, to = 0; y < height; y++) {
      const coded =
        width >= 8 && width < 32_768 && bytes[at] === 2 && bytes[at + 1] === 2 && bytes[at + 2] < 128;
      if (coded && ((bytes[at + 2] << 8) | bytes[at + 3]) !== width)
        return finish(y, corrupt(`Line ${y} of the HDR is coded for another width than ${width}.`));
      at = coded ? readRuns(bytes, at + 4, rgbe) : readOld(bytes, at, rgbe);
      if (at > bytes.length) return finish(y, truncated(`The HDR ends in line ${y} of ${height}.`));
      if (at < 0) return finish(y, corrupt(`A run in line ${y} of the HDR is longer than the line.`));
      for (let x = 0; x < rgbe.length; x += 4, to += 3) {
        const scale = rgbe[x + 3] === 0 ? 0 : 2 ** (rgbe[x + 3] - 136);
        samples[to] = rgbe[x] * scale;
        samples[to + 1] = rgbe[x + 1] * scale;
        samples[to + 2] = rgbe[x + 2] * scale;
      }
    }
    return finish(height, null);
  };
  return decodeStill(header, request, draw, mending);
}

/** Reads a line of four run-length coded channels; gives where it ends, -1 when a run leaves the line. */
function readRuns(bytes: Uint8Array, start: number, rgbe: Uint8Array): number {
  let at = start;
  for (let channel = 0; channel < 4; channel++) {
    for (let to = channel; to < rgbe.length; ) {
      if (at >= bytes.length) return bytes.length + 1;
      const code = bytes[at++];
      const run = code > 128;
      const count = run ? code - 128 : code;
      if (count === 0 || to + 4 * (count - 1) >= rgbe.length) return -1;
      for (let i = 0; i < count; i++, to += 4) rgbe[to] = run ? bytes[at] : bytes[at + i];
      at += run ? 1 : count;
    }
  }
  return at;
}

/** Reads a line of plain pixels, in which 1, 1, 1, n repeats the last one n times, and more of them n * 256 and so on. */
function readOld(bytes: Uint8Array, start: number, rgbe: Uint8Array): number {
  let at = start;
  let shift = 0;
  for (let to = 0; to < rgbe.length; at += 4) {
    if (at + 4 > bytes.length) return bytes.length + 1;
    if (bytes[at] === 1 && bytes[at + 1] === 1 && bytes[at + 2] === 1) {
      const end = to + 4 * (bytes[at + 3] << shift);
      if (to === 0 || end > rgbe.length || end < to) return -1;
      for (; to < end; to++) rgbe[to] = rgbe[to - 4];
      shift = Math.min(24, shift + 8);
    } else {
      for (let i = 0; i < 4; i++) rgbe[to++] = bytes[at + i];
      shift = 0;
    }
  }
  return at;
}
