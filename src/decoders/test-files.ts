import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';

/** Small image files drawn in code, for tests. Pixels are RGBA, row by row. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rgba: readonly number[];
}

/** A drawing whose pixels all differ, so that every turn of it is another picture. */
export function gradient(
  width: number,
  height: number,
  alpha: (index: number) => number = () => 255,
): Drawing {
  const rgba: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rgba.push(Math.round((255 * x) / width), Math.round((255 * y) / height), (x * 7 + y * 13) % 256);
      rgba.push(alpha(y * width + x));
    }
  }
  return { width, height, rgba };
}

/** An 8-bit PNG, RGB when the drawing is opaque, with stored (uncompressed) data, and perhaps more chunks before it. */
export function drawPng(
  { width, height, rgba }: Drawing,
  ...extra: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const opaque = rgba.every((value, i) => i % 4 < 3 || value === 255);
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    const row = rgba.slice(y * width * 4, (y + 1) * width * 4);
    rows.push(0, ...(opaque ? row.filter((_, i) => i % 4 < 3) : row));
  }
  const head = Uint8Array.of(...be32(width), ...be32(height), 8, opaque ? 2 : 6, 0, 0, 0);
  return join(
    ascii('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', head),
    ...extra,
    pngChunk('IDAT', zlibStored(rows)),
    pngChunk('IEND', new Uint8Array()),
  );
}

/** A PNG chunk with its checksum. */
export function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const body = join(ascii(name), data);
  return join(be32(data.length), body, be32(crc32(body, 0, body.length)));
}

/** A bottom-up BMP with 24 bits a pixel, or 32 with an alpha mask. */
export function drawBmp({ width, height, rgba }: Drawing, bits: 24 | 32 = 24): Uint8Array<ArrayBuffer> {
  const header = bits === 24 ? 40 : 108;
  const dib = new Uint8Array(header);
  const view = new DataView(dib.buffer);
  view.setUint32(0, header, true);
  view.setInt32(4, width, true);
  view.setInt32(8, height, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, bits, true);
  if (bits === 32) {
    view.setUint32(16, 3, true);
    [0xff0000, 0xff00, 0xff, 0xff000000].forEach((mask, i) => {
      view.setUint32(40 + 4 * i, mask, true);
    });
  }
  const rows = bottomUp({ width, height, rgba }, bits);
  const start = 14 + header;
  return join(ascii('BM'), le32(start + rows.length), le32(0), le32(start), dib, rows);
}

/** A GIF of one frame; colours come from a palette of red shades, by the drawing's red. */
export function drawGif({ width, height, rgba }: Drawing, trailer = true): Uint8Array<ArrayBuffer> {
  const palette = [0, 85, 170, 255].flatMap((red) => [red, 0, 0]);
  const codes = [4];
  // Clearing before every pixel keeps all codes at three bits.
  for (let i = 0; i < width * height; i++) codes.push(Math.round(rgba[4 * i] / 85), 4);
  codes.push(5);
  const bits = codes.map((code) => code.toString(2).padStart(3, '0').split('').reverse().join('')).join('');
  const data = (bits.match(/.{1,8}/g) ?? []).map((byte) =>
    Number.parseInt(byte.split('').reverse().join(''), 2),
  );
  const blocks: number[] = [];
  for (let i = 0; i < data.length; i += 255) {
    const block = data.slice(i, i + 255);
    blocks.push(block.length, ...block);
  }
  const size = [...le16(width), ...le16(height)];
  return Uint8Array.of(
    ...ascii('GIF89a'),
    ...size,
    0x81,
    0,
    0,
    ...palette,
    0x2c,
    0,
    0,
    0,
    0,
    ...size,
    0,
    2,
    ...blocks,
    0,
    ...(trailer ? [0x3b] : []),
  );
}

/** An icon with the given pictures, each a PNG or a bitmap without file header, with the side that it declares. */
export function drawIco(
  ...pictures: readonly { readonly side: number; readonly data: Uint8Array }[]
): Uint8Array<ArrayBuffer> {
  const directory: number[] = [];
  let at = 6 + 16 * pictures.length;
  for (const { side, data } of pictures) {
    directory.push(side, side, 0, 0, 1, 0, 32, 0, ...le32(data.length), ...le32(at));
    at += data.length;
  }
  return join([0, 0, 1, 0, ...le16(pictures.length)], directory, ...pictures.map((picture) => picture.data));
}

/** An icon's bitmap: 32 bits a pixel with an AND mask that hides nothing. */
export function iconBitmap(drawing: Drawing): Uint8Array {
  const dib = new Uint8Array(40);
  const view = new DataView(dib.buffer);
  view.setUint32(0, 40, true);
  view.setInt32(4, drawing.width, true);
  view.setInt32(8, drawing.height * 2, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, 32, true);
  const mask = new Uint8Array(drawing.height * 4 * Math.ceil(drawing.width / 32));
  return join(dib, bottomUp(drawing, 32), mask);
}

/** A JPEG's segments around meaningless picture data: enough for headers and structure, not for a decode. */
export function hollowJpeg(
  width: number,
  height: number,
  { frame = 0xc0, components = 3, precision = 8, extra = [] as readonly Uint8Array[], eoi = true } = {},
): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: components }, (_, i) => [i + 1, 0x11, 0]).flat();
  return join(
    [0xff, 0xd8],
    ...extra,
    jpegSegment(frame, [precision, ...be16(height), ...be16(width), components, ...parts]),
    jpegSegment(0xda, [
      components,
      ...Array.from({ length: components }, (_, i) => [i + 1, 0]).flat(),
      0,
      63,
      0,
    ]),
    [1, 2, 3, 0xff, 0, 4, 5],
    eoi ? [0xff, 0xd9] : [],
  );
}

/** A JPEG marker segment. */
export function jpegSegment(marker: number, data: ArrayLike<number>): Uint8Array {
  return join([0xff, marker], be16(data.length + 2), data);
}

/** The APP1 segment that holds an EXIF block. */
export function exifSegment(block: ArrayLike<number>): Uint8Array {
  return jpegSegment(0xe1, join(ascii('Exif\0\0'), block));
}

/** Puts segments behind a JPEG's first marker. */
export function withSegments(jpeg: Uint8Array, ...segments: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return join(jpeg.subarray(0, 2), ...segments, jpeg.subarray(2));
}

/** A WebP container around chunks. */
export function drawWebp(...chunks: readonly { readonly name: string; readonly data: ArrayLike<number> }[]) {
  const body = join(
    ascii('WEBP'),
    ...chunks.flatMap(({ name, data }) => [ascii(name), le32(data.length), data, data.length % 2 ? [0] : []]),
  );
  return join(ascii('RIFF'), le32(body.length), body);
}

/** An AVIF's boxes around `data` meaningless bytes where ten are announced: enough for headers, not for a decode. */
export function drawAvif(properties: readonly Uint8Array[], data = 10): Uint8Array<ArrayBuffer> {
  return drawHeif('avif', 'av01', properties, new Uint8Array(data), 10);
}

/** A HEIF of one item: its brand, its type, its properties in their order, and its data, of which `declared` bytes are told. */
export function drawHeif(
  brand: string,
  type: string,
  properties: readonly Uint8Array[],
  data: Uint8Array,
  declared = data.length,
): Uint8Array<ArrayBuffer> {
  const ftyp = box('ftyp', ascii(brand), be32(0), ascii('mif1'));
  const meta = (start: number) =>
    fullBox(
      'meta',
      fullBox('hdlr', be32(0), ascii('pict'), new Uint8Array(13)),
      fullBox('pitm', be16(1)),
      fullBox('iloc', [0x44, 0], be16(1), be16(1), be16(0), be16(1), be32(start), be32(declared)),
      fullBox('iinf', be16(1), box('infe', be32(0x02000000), be16(1), be16(0), ascii(`${type}\0`))),
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox('ipma', be32(1), be16(1), [properties.length, ...properties.map((_, i) => i + 1)]),
      ),
    );
  return join(ftyp, meta(ftyp.length + meta(0).length + 8), box('mdat', data));
}

/**
 * A HEIC of 64 × 48 pixels in four quarters, row by row: red, green, blue, white. `turns` are the properties behind its
 * size. It is coded as 64 × 64, of which a clean aperture takes the upper part.
 */
export function drawHeic(...turns: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return drawHeif(
    'heic',
    'hvc1',
    [
      box('hvcC', base64(quartersConfig)),
      fullBox('ispe', be32(64), be32(64)),
      box('clap', [64, 1, 48, 1, 0, 1, -8 >>> 0, 1].flatMap(be32)),
      ...turns,
    ],
    base64(quartersData),
  );
}

// Made by heif-enc (libheif 1.15, x265) from the four quarters that drawHeic tells of.
const quartersConfig =
  'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uBAQMCAAAAMAIAAAAwAhIgABAAZEAcFzwIk=';
const quartersData =
  'AAAAbSgBrxOA5TH3/7bJP9j1P8JyZk6gxC/6mz7mMr+TqLEG46eJ9Ci/xnr/GDogo0IwH/5M7fgnLfOtOmUJFKlk5MEkHWK1wXuBDjMq5hHHC8FSpkw5wYAp6et69oAoOIZKk8dDd0olz9jIiq8Cog4=';

/** Bytes from base64. */
export const base64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** A box of an ISO base media file. */
export function box(name: string, ...parts: readonly ArrayLike<number>[]): Uint8Array {
  const body = join(...parts);
  return join(be32(body.length + 8), ascii(name), body);
}

/** A box with version 0 and no flags. */
export function fullBox(name: string, ...parts: readonly ArrayLike<number>[]): Uint8Array {
  return box(name, be32(0), ...parts);
}

/** A tag of an EXIF directory; `value` as its type's bytes, in the block's order. */
export interface DrawnTag {
  readonly tag: number;
  /** 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL. */
  readonly type: number;
  readonly count: number;
  readonly value: readonly number[];
}

/** An EXIF block (big- or little-endian TIFF) with a main, a photo and a position directory. */
export function drawExif(
  main: readonly DrawnTag[],
  photo: readonly DrawnTag[] = [],
  place: readonly DrawnTag[] = [],
  little = false,
): Uint8Array {
  const n16 = little ? le16 : be16;
  const n32 = little ? le32 : be32;
  const directory = (tags: readonly DrawnTag[], at: number) => {
    const entries: number[] = [...n16(tags.length)];
    const behind: number[] = [];
    const behindAt = at + 2 + 12 * tags.length + 4;
    for (const { tag, type, count, value } of tags) {
      entries.push(...n16(tag), ...n16(type), ...n32(count));
      if (value.length <= 4) entries.push(...value, ...new Array<number>(4 - value.length).fill(0));
      else {
        entries.push(...n32(behindAt + behind.length));
        behind.push(...value);
      }
    }
    return [...entries, ...n32(0), ...behind];
  };
  const link = (tag: number, at: number): DrawnTag => ({ tag, type: 4, count: 1, value: n32(at) });
  const sized = directory([...main, link(0x8769, 0), link(0x8825, 0)], 8).length;
  const photoAt = 8 + sized;
  const photoBytes = directory(photo, photoAt);
  const placeAt = photoAt + photoBytes.length;
  return Uint8Array.of(
    ...ascii(little ? 'II' : 'MM'),
    ...n16(42),
    ...n32(8),
    ...directory([...main, link(0x8769, photoAt), link(0x8825, placeAt)], 8),
    ...photoBytes,
    ...directory(place, placeAt),
  );
}

/** A tag of text, in Latin-1. */
export const asciiTag = (tag: number, text: string): DrawnTag => ({
  tag,
  type: 2,
  count: text.length,
  value: ascii(text),
});

/** A tag of one or more ratios, numerator and denominator in turn, in a big-endian block. */
export const ratioTag = (tag: number, ...numbers: readonly number[]): DrawnTag => ({
  tag,
  type: 5,
  count: numbers.length / 2,
  value: numbers.flatMap(be32),
});

/** An XMP packet around the content of its `rdf:RDF`. */
export function drawXmp(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${content}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
  );
}

/** IPTC records of the application record (2) by their datasets. */
export function drawIptc(
  records: readonly (readonly [dataset: number, value: readonly number[]])[],
): Uint8Array<ArrayBuffer> {
  return join(...records.map(([dataset, value]) => [0x1c, 2, dataset, ...be16(value.length), ...value]));
}

/** Photoshop's image resources with a path name before the IPTC. */
export function drawPhotoshop(iptc: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const resource = (id: number, name: string, data: ArrayLike<number>) =>
    join(
      ascii('8BIM'),
      be16(id),
      ascii(String.fromCharCode(name.length) + name + (name.length % 2 ? '' : '\0')),
      be32(data.length),
      data,
      data.length % 2 ? [0] : [],
    );
  return join(resource(0x07d0, 'path', [1, 2, 3]), resource(0x0404, '', iptc), resource(0x0425, '', [1]));
}
/** A TIFF or BigTIFF of one uncompressed RGB strip, either byte order, and perhaps more tags of type SHORT. */
export function drawTiff(
  { width, height, rgba }: Drawing,
  { little = true, big = false, tags = [] as readonly (readonly [tag: number, ...values: number[]])[] } = {},
): Uint8Array<ArrayBuffer> {
  const n16 = little ? le16 : be16;
  const n32 = little ? le32 : be32;
  const wide = (value: number) =>
    !big ? n32(value) : little ? [...n32(value), ...n32(0)] : [...n32(0), ...n32(value)];
  const pixels = rgba.filter((_, i) => i % 4 < 3);
  const start = big ? 16 : 8;
  const longs: readonly (readonly [number, ...number[]])[] = [
    [256, width],
    [257, height],
    [273, start],
    [279, pixels.length],
  ];
  const shorts: readonly (readonly [number, ...number[]])[] = [
    [258, 8, 8, 8],
    [259, 1],
    [262, 2],
    [277, 3],
    ...tags,
  ];
  const given = new Map([...longs, ...shorts].map((entry) => [entry[0], entry]));
  const sorted = [...given.values()].sort(([a], [b]) => a - b);
  const room = big ? 8 : 4;
  const entriesBytes = sorted.length * (big ? 20 : 12) + (big ? 16 : 6);
  const behindAt = start + pixels.length + entriesBytes;
  const behind: number[] = [];
  const entries = sorted.flatMap(([tag, ...values]) => {
    const long = longs.some(([other]) => other === tag) && !tags.some(([other]) => other === tag);
    const bytes = values.flatMap(long ? n32 : n16);
    const place =
      bytes.length <= room
        ? [...bytes, ...new Array<number>(room - bytes.length).fill(0)]
        : wide(behindAt + behind.length);
    if (bytes.length > room) behind.push(...bytes);
    return [...n16(tag), ...n16(long ? 4 : 3), ...wide(values.length), ...place];
  });
  return join(
    ascii(little ? 'II' : 'MM'),
    n16(big ? 43 : 42),
    big ? [...n16(8), ...n16(0)] : [],
    wide(start + pixels.length),
    pixels,
    big ? wide(sorted.length) : n16(sorted.length),
    entries,
    wide(0),
    behind,
  );
}

/** An EXIF block that holds an orientation alone. */
export function orientationBlock(orientation: number, little = false): Uint8Array {
  const value = little ? le16(orientation) : be16(orientation);
  return drawExif([{ tag: 0x0112, type: 3, count: 1, value }], [], [], little);
}

export const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));
export const be16 = (value: number): readonly number[] => [(value >> 8) & 255, value & 255];
export const be32 = (value: number): readonly number[] => [...be16(value >>> 16), ...be16(value & 0xffff)];
export const le16 = (value: number): readonly number[] => [...be16(value)].reverse();
export const le32 = (value: number): readonly number[] => [...be32(value)].reverse();

/** Concatenates. */
export const join = (...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> => joinBytes(parts);

function bottomUp({ width, height, rgba }: Drawing, bits: 24 | 32): Uint8Array {
  const step = 4 * Math.ceil((width * bits) / 32);
  const rows = new Uint8Array(step * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha] = rgba.slice(4 * (y * width + x), 4 * (y * width + x) + 4);
      rows.set(
        bits === 24 ? [blue, green, red] : [blue, green, red, alpha],
        (height - 1 - y) * step + (x * bits) / 8,
      );
    }
  }
  return rows;
}

/** A zlib stream of stored blocks (RFC 1950, RFC 1951). */
export function zlibStored(data: readonly number[]): Uint8Array {
  const parts: (readonly number[])[] = [[0x78, 0x01]];
  for (let at = 0; at < data.length; at += 0xffff) {
    const block = data.slice(at, at + 0xffff);
    const last = at + 0xffff >= data.length ? 1 : 0;
    parts.push([last, ...le16(block.length), ...le16(~block.length & 0xffff)], block);
  }
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return join(...parts, be32(b * 65536 + a));
}
