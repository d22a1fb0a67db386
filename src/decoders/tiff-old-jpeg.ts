import { joinBytes } from '../base/join-bytes';
import type { Outcome } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16be } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import { readJpegHeader, walk } from './jpeg-header';
import { coverage } from './jpeg-scan';
import { type Page, tags } from './tiff-page';
import { decodeJpegByVips } from './vips-classic';

/**
 * Decodes a page of TIFF 6.0's own JPEG compression (section 22), which Wang's and early scanners' software wrote and the technical
 * note 2 withdrew: as the JPEG that it holds whole, or that its tables and strips make when they are put together.
 */
export async function decodeOldJpeg(
  bytes: Uint8Array,
  page: Page,
  frame: number,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<DecodedFrame>> {
  const stream = wholeStream(bytes, page) ?? fromTables(bytes, page);
  if (stream === null) {
    return unsupported(
      `The ${label}’s old-style JPEG data is stored in a way that is not decoded.`,
      'Save it as PNG, or as TIFF with another compression.',
    );
  }
  const header = readJpegHeader(stream);
  if (!header.ok) return header;
  const { width, height } = header.value.size;
  if (width !== page.size.width || height !== page.size.height)
    return corrupt(`The ${label}’s JPEG has ${width} × ${height} pixels, not those of its header.`);
  const covered = coverage(stream);
  if (covered !== null && covered.found < covered.expected)
    return truncated(`The ${label}’s JPEG data ends, or makes no sense, before its picture does.`);
  const decoded = await decodeJpegByVips(stream, false, request);
  return decoded.ok ? { ok: true, value: { ...decoded.value[0], frame } } : decoded;
}

const end = Uint8Array.of(0xff, 0xd9);

/** The JPEG at JPEGInterchangeFormat, when its first scan begins in it; its strips follow there, or lie in it. */
function wholeStream(bytes: Uint8Array, { directory }: Page): Uint8Array | null {
  const start = directory.number(tags.jpegStart);
  if (start === null || u16be(bytes, start) !== 0xffd8) return null;
  const length = directory.number(tags.jpegBytes) ?? 0;
  const offsets = directory.numbers(tags.stripOffsets, maxStrips);
  const counts = directory.numbers(tags.stripBytes, maxStrips);
  const stripEnds = offsets.map((offset, i) => offset + (counts[i] ?? 0));
  const stream = bytes.subarray(start, Math.min(bytes.length, Math.max(start + length, ...stripEnds)));
  return walk(stream, () => undefined).kind === 'scan' ? joinBytes([stream, end]) : null;
}

/** A JPEG of the tables at the places that tags tell, with each strip behind a restart marker: it begins anew. */
function fromTables(bytes: Uint8Array, page: Page): Uint8Array | null {
  const { directory, samples, size } = page;
  const tableAt = (tag: number) => directory.numbers(tag, samples);
  const [quantizations, dc, ac] = [tags.jpegQuantizations, tags.jpegDc, tags.jpegAc].map(tableAt);
  if ([quantizations, dc, ac].some((places) => places.length < samples)) return null;
  const offsets = directory.numbers(tags.stripOffsets, maxStrips);
  const counts = directory.numbers(tags.stripBytes, maxStrips);
  const interval = directory.number(tags.jpegRestartInterval) ?? 0;
  // Strips with restarts of their own would have to be numbered anew.
  if (offsets.length === 0 || counts.length < offsets.length || (interval > 0 && offsets.length > 1))
    return null;
  const [across, down] = samples === 1 ? [1, 1] : subsampling(page);
  const rows = directory.number(tags.rowsPerStrip) ?? size.height;
  const perStrip = Math.ceil(size.width / (8 * across)) * Math.ceil(rows / (8 * down));
  const components = Array.from({ length: samples }, (_, i) => i);
  const parts = [
    Uint8Array.of(0xff, 0xd8),
    ...components.map((i) => segment(0xdb, [i, ...bytes.subarray(quantizations[i], quantizations[i] + 64)])),
    ...components.flatMap((i) => [huffman(bytes, dc[i], i), huffman(bytes, ac[i], 0x10 | i)]),
    // Adobe's segment says that nothing is transformed.
    ...(page.photometric === 2 ? [segment(0xee, [...adobe, 0, 100, 0, 0, 0, 0, 0])] : []),
    segment(0xc0, [
      8,
      ...[size.height, size.width].flatMap((side) => [side >> 8, side & 255]),
      samples,
      ...components.flatMap((i) => [i + 1, i === 0 ? (across << 4) | down : 0x11, i]),
    ]),
    segment(0xdd, [(interval || perStrip) >> 8, (interval || perStrip) & 255]),
    segment(0xda, [samples, ...components.flatMap((i) => [i + 1, (i << 4) | i]), 0, 63, 0]),
  ];
  if (offsets.length > 1 && perStrip > 0xffff) return null;
  offsets.forEach((offset, i) => {
    if (i > 0) parts.push(Uint8Array.of(0xff, 0xd0 + ((i - 1) & 7)));
    parts.push(withoutMarker(bytes.subarray(offset, offset + counts[i])));
  });
  return joinBytes([...parts, end]);
}

const adobe = [0x41, 0x64, 0x6f, 0x62, 0x65];

/** More strips than a picture of 65,535 rows, JPEG's most, has. */
const maxStrips = 65_535;

/** Of the colour differences; TIFF's default is two both ways. */
function subsampling({ directory, photometric }: Page): readonly [number, number] {
  const [across, down] = directory.numbers(tags.subsampling, 2);
  return photometric === 2 ? [1, 1] : [across ?? 2, down ?? 2];
}

function segment(marker: number, data: readonly number[]): Uint8Array {
  const length = data.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 255, ...data);
}

/** A table as the tags' places have it: sixteen counts, and as many values as they sum up to. */
function huffman(bytes: Uint8Array, at: number, number: number): Uint8Array {
  const values = bytes.subarray(at, at + 16).reduce((sum, count) => sum + count, 0);
  return segment(0xc4, [number, ...bytes.subarray(at, at + 16 + values)]);
}

/** A strip without the marker that some writers end it by. */
function withoutMarker(strip: Uint8Array): Uint8Array {
  const last = strip.length - 2;
  const ends = last >= 0 && strip[last] === 0xff && strip[last + 1] >= 0xd0 && strip[last + 1] <= 0xd9;
  return ends ? strip.subarray(0, last) : strip;
}
