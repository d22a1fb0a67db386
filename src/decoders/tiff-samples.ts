import { failed, type Outcome, succeeded } from '../core/failure';
import type { Samples } from './scale-samples';
import { decompressors, lercCompression, unpackLerc } from './tiff-compression';
import { type Page, tags } from './tiff-page';

/** A page's samples, channels interleaved, in an array of their own type. */
export interface PageSamples {
  readonly samples: Exclude<Samples, Uint8ClampedArray | Int8Array>;
  /** The number that is white, where it is not the full scale of the array's type. */
  readonly white?: number;
}

/**
 * Reads a page's samples without libtiff: any count of bits up to 32, and 64-bit numbers; samples of one pixel together or in
 * planes; strips or tiles; either byte order; both predictors. A block that is left out of the file is zeros.
 */
export async function readSamples(
  bytes: Uint8Array,
  page: Page,
  little: boolean,
): Promise<Outcome<PageSamples>> {
  const { size, samples, planar, bits } = page;
  const grid = gridOf(page);
  const planes = planar ? samples : 1;
  const perPixel = planar ? 1 : samples;
  const starts = page.directory.numbers(
    page.tiled ? tags.tileOffsets : tags.stripOffsets,
    grid.count * planes,
  );
  const lengths = page.directory.numbers(page.tiled ? tags.tileBytes : tags.stripBytes, grid.count * planes);
  // Before any memory is taken: a few bytes may declare a picture of many megapixels.
  if (starts.length < grid.count * planes) {
    throw new Error(`it names ${starts.length} of its ${grid.count * planes} strips or tiles`);
  }
  if (
    page.compression === 1 &&
    lengths.length > 0 &&
    lengths.every((length) => length < rowBytesOf(page, grid))
  ) {
    throw new Error('no strip or tile is as long as one of its rows');
  }
  const out = arrayFor(page, size.width * size.height * samples);
  if (out === null)
    return failed('decode', 'unsupported', `Samples of ${bits} bits of this kind are not decoded.`);
  const reversed = page.directory.number(tags.fillOrder) === 2;
  for (let index = 0; index < grid.count * planes; index++) {
    const start = starts[index] ?? 0;
    const length = lengths[index] ?? (starts.length === 1 ? bytes.length - start : 0);
    if (length === 0) continue;
    const plane = Math.floor(index / grid.count);
    const place = index % grid.count;
    const left = (place % grid.across) * grid.width;
    const top = Math.floor(place / grid.across) * grid.height;
    const rows = page.tiled ? grid.height : Math.min(grid.height, size.height - top);
    const rowBytes = rowBytesOf(page, grid);
    const stored = bytes.subarray(start, start + length);
    const block = await expand(reversed ? stored.map(reverse) : stored, page, rowBytes * rows);
    const native = page.compression === lercCompression;
    const values = unpack(block, {
      page,
      little: native ? isLittle : little,
      perRow: grid.width * perPixel,
      rows,
      rowBytes,
    });
    if (!native) undoDifferences(values, page, perPixel, grid.width);
    const columns = Math.min(grid.width, size.width - left);
    for (let y = 0; y < Math.min(rows, size.height - top); y++) {
      const from = y * grid.width * perPixel;
      const to = ((top + y) * size.width + left) * samples + plane;
      if (!planar) out.set(values.subarray(from, from + columns * perPixel), to);
      else for (let x = 0; x < columns; x++) out[to + x * samples] = values[from + x];
    }
  }
  const whole = page.sampleFormat === 3 || (bits === out.BYTES_PER_ELEMENT * 8 && bits < 64);
  const white = 2 ** (bits === 64 && page.sampleFormat === 2 ? 63 : bits) - 1;
  return succeeded({ samples: out, ...(!whole && { white }) });
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly count: number;
}

/** How the picture is cut into strips or tiles. */
function gridOf({ directory, size, tiled }: Page): Grid {
  const width = tiled ? Math.max(1, directory.number(tags.tileWidth) ?? 1) : size.width;
  const declared = directory.number(tiled ? tags.tileHeight : tags.rowsPerStrip) ?? size.height;
  const height = Math.max(1, tiled ? declared : Math.min(declared, size.height));
  const across = Math.ceil(size.width / width);
  return { width, height, across, count: across * Math.ceil(size.height / height) };
}

const rowBytesOf = ({ planar, samples, bits }: Page, { width }: Grid) =>
  Math.ceil((width * (planar ? 1 : samples) * bits) / 8);

type Numbers = PageSamples['samples'];

function arrayFor({ bits, sampleFormat }: Page, length: number): Numbers | null {
  if (sampleFormat === 3) return bits === 64 ? new Float64Array(length) : new Float32Array(length);
  const signed = sampleFormat === 2 && (bits === 16 || bits === 32);
  if (bits === 64) return new Float64Array(length); // exact to 53 bits
  if (bits <= 8) return new Uint8Array(length);
  if (bits <= 16) return signed ? new Int16Array(length) : new Uint16Array(length);
  return bits > 32 ? null : signed ? new Int32Array(length) : new Uint32Array(length);
}

async function expand(block: Uint8Array, page: Page, expected: number): Promise<Uint8Array> {
  if (page.compression === lercCompression) {
    const [, method] = page.directory.numbers(lercParameters, 2);
    return unpackLerc(block, method ?? 0, expected);
  }
  return (await decompressors.get(page.compression)?.(block, expected)) ?? block;
}

const lercParameters = 50674;

interface Block {
  readonly page: Page;
  readonly little: boolean;
  readonly perRow: number;
  readonly rows: number;
  readonly rowBytes: number;
}

/** A block's bytes as numbers; what is missing at its end is an error. */
function unpack(block: Uint8Array, { page, little, perRow, rows, rowBytes }: Block): Numbers {
  const { bits, sampleFormat } = page;
  if (block.length < rowBytes * rows) {
    throw new Error(`a strip or tile ends after ${block.length} of ${rowBytes * rows} bytes`);
  }
  const values = arrayFor(page, perRow * rows);
  if (values === null) throw new Error(`samples of ${bits} bits`);
  if (sampleFormat === 3 && page.directory.number(tags.predictor) === 3) {
    return readFloatDifferences(block, page, values, perRow, rows);
  }
  if (bits === 8) {
    values.set(block.subarray(0, values.length));
    return values;
  }
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const read = readerFor(view, bits, sampleFormat, little);
  for (let y = 0; y < rows; y++) {
    const rowAt = y * rowBytes;
    for (let x = 0; x < perRow; x++) values[y * perRow + x] = read(rowAt, x);
  }
  return values;
}

function readerFor(
  view: DataView,
  bits: number,
  format: number,
  little: boolean,
): (rowAt: number, x: number) => number {
  if (format === 3) {
    if (bits === 64) return (rowAt, x) => view.getFloat64(rowAt + 8 * x, little);
    if (bits === 32) return (rowAt, x) => view.getFloat32(rowAt + 4 * x, little);
    return (rowAt, x) => fromHalf(view.getUint16(rowAt + 2 * x, little));
  }
  if (bits === 64) {
    const read = format === 2 ? view.getBigInt64 : view.getBigUint64;
    return (rowAt, x) => Number(read.call(view, rowAt + 8 * x, little));
  }
  if (bits === 16) return (rowAt, x) => view.getUint16(rowAt + 2 * x, little);
  if (bits === 32) return (rowAt, x) => view.getUint32(rowAt + 4 * x, little);
  if (bits === 24) {
    return (rowAt, x) => {
      const [a, b, c] = [0, 1, 2].map((i) => view.getUint8(rowAt + 3 * x + i));
      return little ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
    };
  }
  // Other counts of bits stand in the bytes from the high bits on, whatever the byte order.
  return (rowAt, x) => {
    let value = 0;
    for (let bit = x * bits, left = bits; left > 0; ) {
      const inByte = 8 - (bit & 7);
      const take = Math.min(inByte, left);
      const byte = view.getUint8(rowAt + (bit >> 3));
      value = value * 2 ** take + ((byte >> (inByte - take)) & (2 ** take - 1));
      bit += take;
      left -= take;
    }
    return value;
  };
}

/** IEEE 754 binary16. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** Horizontal differencing (TIFF 6.0, section 14): each sample is stored as what it is more than its left neighbour. */
function undoDifferences(values: Numbers, page: Page, perPixel: number, width: number): void {
  if (page.directory.number(tags.predictor) !== 2 || page.compression === 1 || page.sampleFormat === 3)
    return;
  const mask = 2 ** page.bits - 1;
  const perRow = width * perPixel;
  const narrow = page.bits < 32 && page.bits !== 8 && page.bits !== 16;
  for (let row = 0; row < values.length; row += perRow) {
    for (let i = row + perPixel; i < row + perRow; i++) {
      const sum = values[i] + values[i - perPixel];
      values[i] = narrow ? sum & mask : sum; // arrays of whole bytes wrap by themselves
    }
  }
}

/** The floating-point predictor (Adobe Photoshop TIFF technical note 3): bytes in planes, high ones first, as differences. */
function readFloatDifferences(
  block: Uint8Array,
  page: Page,
  values: Numbers,
  perRow: number,
  rows: number,
): Numbers {
  const size = page.bits / 8;
  const perPixel = page.planar ? 1 : page.samples;
  const rowBytes = perRow * size;
  const row = new Uint8Array(rowBytes);
  const view = new DataView(new ArrayBuffer(rowBytes));
  for (let y = 0; y < rows; y++) {
    row.set(block.subarray(y * rowBytes, (y + 1) * rowBytes));
    for (let i = perPixel; i < rowBytes; i++) row[i] += row[i - perPixel];
    for (let x = 0; x < perRow; x++) {
      for (let byte = 0; byte < size; byte++) view.setUint8(x * size + byte, row[byte * perRow + x]);
      values[y * perRow + x] = readerFor(view, page.bits, 3, false)(0, x);
    }
  }
  return values;
}

/** Swaps a byte's bits end for end. */
function reverse(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
