import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16be } from './bytes';
import type { Colours } from './code-points';
import { corrupt, truncated } from './damage';
import { decodeBlocks } from './jpeg-blocks';
import { decodeDifferences } from './jpeg-differences';
import { lossless } from './jpeg-header';
import type { JpegPlane, JpegScan } from './jpeg-plane';
import { type Huffman, readHuffmanTables } from './jpeg-scan';
import { orient } from './orient';
import { keepRows, type Mending } from './still';
import { samplesInSrgb } from './to-srgb';

/**
 * Decodes grey and three-colour JPEGs of other depths than 8 bits, which neither browsers nor libvips do: Huffman-coded, of one or
 * several sequential scans, of 12 bits (ITU-T T.81, extended sequential DCT) or lossless ones of 2 to 16 (annex H). Chroma of fewer
 * samples is interpolated linearly, as libjpeg's fancy upsampling does. Of a damaged one the rows of units are recovered that were coded before the damage.
 */
export async function decodeDeepJpeg(
  bytes: Uint8Array,
  header: Header,
  colours: Colours,
  request: DecodeRequest,
  mending: Mending,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const read = readPlanes(bytes);
  if (!read.ok) return read;
  const { planes, bits, rows, transformed } = read.value;
  const { width, height } = header.size;
  if (rows < height && mending === 'whole')
    return truncated(`The JPEG's picture data ends, or makes no sense, after ${rows} of ${height} rows.`);
  const channels = planes.length === 1 ? 1 : 3;
  const samples = interleaved(planes, header.size);
  if (transformed) toRgb(samples, bits);
  const layout = { width, height, channels, white: 2 ** bits - 1 } as const;
  const drawn = await samplesInSrgb(samples, layout, colours, channels === 1 ? 'GRAY' : 'RGB', request);
  if (!drawn.ok) return drawn;
  const kept = mending === 'whole' ? drawn : keepRows(drawn.value, 0, rows, 'JPEG');
  if (!kept.ok) return kept;
  const raster = orient(kept.value, request.orientation);
  return succeeded([{ frame: 0, raster, scale: 1, alpha: mending === 'recover' }]);
}

interface Planes {
  readonly planes: readonly JpegPlane[];
  readonly bits: number;
  /** Whole rows of pixels that every plane has. */
  readonly rows: number;
  /** True when they are luma and colour differences. */
  readonly transformed: boolean;
}

/** Walks the segments, and decodes the scans between them. */
function readPlanes(bytes: Uint8Array): Outcome<Planes> {
  const codes = new Map<number, Huffman>();
  const quantizations: Uint16Array[] = [];
  let frame: Frame | null = null;
  let interval = 0;
  let jfif = false;
  let adobe = -1;
  const rowsOf = new Map<JpegPlane, number>();
  for (let at = 2; at < bytes.length; ) {
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (at < bytes.length && bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === 0xd9) break;
    if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) continue; // stand alone, or stuffed
    const end = at + u16be(bytes, at);
    if (end < at + 2 || end > bytes.length) break;
    if (marker === 0xc4) readHuffmanTables(bytes, at + 2, end, codes);
    else if (marker === 0xdb) readQuantizations(bytes, at + 2, end, quantizations);
    else if (marker === 0xdd) interval = u16be(bytes, at + 2);
    else if (marker === 0xe0) jfif ||= bytes[at + 2] === 0x4a;
    else if (marker === 0xee && end - at >= 14) adobe = bytes[at + 13];
    else if (frame === null && (marker === 0xc1 || marker === lossless)) {
      const started = startFrame(bytes, at + 2, end, marker === lossless);
      if (!started.ok) return started;
      frame = started.value;
    } else if (marker === 0xda && frame !== null) {
      const scan = startScan(bytes, at + 2, end, frame, { codes, quantizations, interval });
      if (scan === null) return corrupt('The JPEG has a scan that its header does not announce.');
      const units = (frame.lossless ? decodeDifferences : decodeBlocks)(scan);
      const unitRows = Math.floor(units / scan.columns);
      for (const { plane } of scan.parts)
        rowsOf.set(plane, Math.min(frame.size.height, rowsInUnits(frame, scan, plane, unitRows)));
    }
    at = end;
  }
  if (frame === null) return corrupt('The JPEG has no frame header.');
  const rows = Math.min(...frame.planes.map((plane) => rowsOf.get(plane) ?? 0));
  return succeeded({
    planes: frame.planes,
    bits: frame.bits,
    rows,
    transformed: isTransformed(frame, jfif, adobe),
  });
}

/** Rows of pixels that so many rows of units cover. */
function rowsInUnits(frame: Frame, { parts }: JpegScan, plane: JpegPlane, unitRows: number): number {
  const blockRows = frame.lossless ? 1 : 8;
  // A scan of one component has units of one block.
  if (parts.length === 1) return Math.floor((unitRows * blockRows * frame.tallest) / plane.vertical);
  return unitRows * blockRows * frame.tallest;
}

interface Frame {
  readonly size: Size;
  readonly bits: number;
  readonly lossless: boolean;
  readonly widest: number;
  readonly tallest: number;
  readonly planes: readonly JpegPlane[];
}

function startFrame(bytes: Uint8Array, at: number, end: number, lossless: boolean): Outcome<Frame> {
  const count = bytes[at + 5];
  if (at + 6 + 3 * count > end) return corrupt('The JPEG’s frame header is too short for its components.');
  const size = { width: u16be(bytes, at + 3), height: u16be(bytes, at + 1) };
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantization] = bytes.subarray(at + 6 + 3 * i);
    return { id, horizontal: sampling >> 4, vertical: sampling & 15, quantization };
  });
  if (
    parts.some(({ horizontal, vertical }) => horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4)
  )
    return corrupt('The JPEG’s components have sampling factors beyond 1 to 4.');
  const widest = Math.max(...parts.map(({ horizontal }) => horizontal));
  const tallest = Math.max(...parts.map(({ vertical }) => vertical));
  const block = lossless ? 1 : 8;
  const columns = Math.ceil(size.width / (block * widest));
  const rows = Math.ceil(size.height / (block * tallest));
  const planes = parts.map((part) => {
    const stride = columns * block * part.horizontal;
    return { ...part, stride, samples: new Uint16Array(stride * rows * block * part.vertical) };
  });
  return succeeded({ size, bits: bytes[at], lossless, widest, tallest, planes });
}

function startScan(
  bytes: Uint8Array,
  at: number,
  start: number,
  frame: Frame,
  state: Pick<JpegScan, 'codes' | 'quantizations' | 'interval'>,
): JpegScan | null {
  const count = bytes[at];
  const spectrum = at + 1 + 2 * count;
  if (count === 0 || spectrum + 3 > start) return null;
  const parts: { plane: JpegPlane; dc: number; ac: number }[] = [];
  for (let i = 0; i < count; i++) {
    const [id, tables] = bytes.subarray(at + 1 + 2 * i);
    const plane = frame.planes.find((each) => each.id === id);
    if (plane === undefined) return null;
    parts.push({ plane, dc: tables >> 4, ac: 16 + (tables & 15) });
  }
  const block = frame.lossless ? 1 : 8;
  const { width, height } = frame.size;
  const [{ plane }] = parts;
  const alone = count === 1;
  const across = alone ? Math.ceil((width * plane.horizontal) / frame.widest) : width / frame.widest;
  const down = alone ? Math.ceil((height * plane.vertical) / frame.tallest) : height / frame.tallest;
  return {
    ...state,
    bytes,
    start,
    size: frame.size,
    bits: frame.bits,
    columns: Math.ceil(across / block),
    rows: Math.ceil(down / block),
    planes: frame.planes,
    parts,
    predictor: bytes[spectrum],
    shift: bytes[spectrum + 2] & 15,
  };
}

/** Tables of 8 or 16 bits in zigzag order (B.2.4.1). */
function readQuantizations(bytes: Uint8Array, start: number, end: number, tables: Uint16Array[]): void {
  for (let at = start; at < end; ) {
    const [wide, number] = [bytes[at] >> 4, bytes[at] & 15];
    at++;
    const step = wide === 0 ? 1 : 2;
    if (at + 64 * step > end) return;
    const from = at;
    tables[number] = Uint16Array.from({ length: 64 }, (_, i) =>
      wide === 0 ? bytes[from + i] : u16be(bytes, from + 2 * i),
    );
    at += 64 * step;
  }
}

/** libjpeg's rules for three components: JFIF is YCbCr, Adobe says, else their names tell, and lossless ones are RGB. */
function isTransformed({ planes, lossless }: Frame, jfif: boolean, adobe: number): boolean {
  if (planes.length !== 3) return false;
  if (jfif) return true;
  if (adobe >= 0) return adobe !== 0;
  const names = planes.map(({ id }) => id).join();
  return names !== '82,71,66' && !(lossless && names === '1,2,3');
}

/** The planes' samples side by side, in the picture's size. */
function interleaved(planes: readonly JpegPlane[], { width, height }: Size): Uint16Array {
  const count = planes.length;
  const out = new Uint16Array(width * height * count);
  const widest = Math.max(...planes.map(({ horizontal }) => horizontal));
  const tallest = Math.max(...planes.map(({ vertical }) => vertical));
  planes.forEach(({ samples, stride, horizontal, vertical }, channel) => {
    const across = axis(width, horizontal / widest);
    const down = axis(height, vertical / tallest);
    for (let y = 0, to = channel; y < height; y++) {
      const upper = down.low[y] * stride;
      const lower = down.high[y] * stride;
      const v = down.share[y];
      if (horizontal === widest && vertical === tallest) {
        for (let x = 0; x < width; x++, to += count) out[to] = samples[upper + x];
        continue;
      }
      for (let x = 0; x < width; x++, to += count) {
        const [left, right, u] = [across.low[x], across.high[x], across.share[x]];
        const top = samples[upper + left] * (1 - u) + samples[upper + right] * u;
        const bottom = samples[lower + left] * (1 - u) + samples[lower + right] * u;
        out[to] = Math.round(top * (1 - v) + bottom * v);
      }
    }
  });
  return out;
}

/** Between which two samples each pixel's centre lies, and how near to the second. */
function axis(length: number, ratio: number) {
  const last = Math.ceil(length * ratio) - 1;
  const place = (i: number) => Math.min(last, Math.max(0, (i + 0.5) * ratio - 0.5));
  const low = Uint32Array.from({ length }, (_, i) => Math.floor(place(i)));
  const high = Uint32Array.from(low, (each) => Math.min(last, each + 1));
  const share = Float32Array.from({ length }, (_, i) => place(i) - low[i]);
  return { low, high, share };
}

/** Luma and colour differences to RGB, in place (ITU-T T.871, 7). */
function toRgb(samples: Uint16Array, bits: number): void {
  const zero = 2 ** (bits - 1);
  const white = 2 ** bits - 1;
  const clip = (value: number) => Math.min(white, Math.max(0, Math.round(value)));
  for (let at = 0; at < samples.length; at += 3) {
    const luma = samples[at];
    const blue = samples[at + 1] - zero;
    const red = samples[at + 2] - zero;
    samples[at] = clip(luma + 1.402 * red);
    samples[at + 1] = clip(luma - 0.344136286 * blue - 0.714136286 * red);
    samples[at + 2] = clip(luma + 1.772 * blue);
  }
}
