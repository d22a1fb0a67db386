import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';
import type { Raster } from '../core/image';

/**
 * Encodes 8-bit grey or RGB pixels as PNG (W3C PNG 3), without an alpha channel, which the browser's own encoder
 * always writes. Each row takes the filter whose bytes, read as signed, have the least sum (section 12.7).
 */
export async function encodePng(raster: Raster): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, channels } = raster;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const deflated = await deflate(filterRows(raster));
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', deflated), chunk('IEND', new Uint8Array(0))];
  return joinBytes(parts);
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(data.length + 12);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) framed[4 + i] = type.charCodeAt(i);
  framed.set(data, 8);
  view.setUint32(data.length + 8, crc32(framed.subarray(4, data.length + 8)));
  return framed;
}

/** None is left out: on photographs it never wins, and on flat rows the others tie with it. */
function filterRows({ width, height, channels, data }: Raster): Uint8Array<ArrayBuffer> {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  const tried = [1, 2, 3, 4].map((filter) => ({ filter, bytes: new Uint8Array(stride) }));
  for (let y = 0; y < height; y++) {
    let least = Number.POSITIVE_INFINITY;
    let best = tried[0];
    for (const candidate of tried) {
      const sum = filterRow(candidate.filter, data, y * stride, stride, channels, y > 0, candidate.bytes);
      if (sum < least) {
        least = sum;
        best = candidate;
      }
    }
    rows[y * (stride + 1)] = best.filter;
    rows.set(best.bytes, y * (stride + 1) + 1);
  }
  return rows;
}

/** Filters one row (section 9.2) into `out` and gives the sum of its bytes' magnitudes. */
function filterRow(
  filter: number,
  data: Raster['data'],
  start: number,
  stride: number,
  channels: number,
  hasAbove: boolean,
  out: Uint8Array,
): number {
  let sum = 0;
  for (let i = 0; i < stride; i++) {
    const at = start + i;
    const left = i >= channels ? data[at - channels] : 0;
    const above = hasAbove ? data[at - stride] : 0;
    let predicted = left;
    if (filter === 2) predicted = above;
    else if (filter === 3) predicted = (left + above) >> 1;
    else if (filter === 4)
      predicted = paeth(left, above, hasAbove && i >= channels ? data[at - stride - channels] : 0);
    const byte = (data[at] - predicted) & 255;
    out[i] = byte;
    sum += byte < 128 ? byte : 256 - byte;
  }
  return sum;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** The browser's own zlib: the format that PNG wants. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
