import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { MetadataBlocks } from '../core/image';
import type { Decoder } from '../core/plugin';
import { avif } from './avif';
import { jpeg } from './jpeg';
import { maxMetadataBytes, readMetadata } from './metadata';
import { png } from './png';
import {
  ascii, asciiTag, be16, be32, box, drawExif, drawIptc, drawPhotoshop, drawPng, drawWebp, drawXmp, exifSegment, fullBox, gradient,
  hollowJpeg, join, jpegSegment, le16, orientationBlock, pngChunk, zlibStored,
} from './test-files'; // biome-ignore format: names
import { tiffMetadataBlocks } from './tiff-metadata';
import { webp } from './webp';

const exif = drawExif([asciiTag(0x010f, 'EXIF make\0')]);
const xmp = drawXmp('<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Model="XMP model"/>');
const iptc = drawIptc([[116, ascii('IPTC notice')]]);

function blocksOf(decoder: Decoder, bytes: Uint8Array): MetadataBlocks {
  const header = decoder.readHeader(bytes);
  if (!header.ok) throw new Error(header.failure.message);
  return header.value;
}

async function valuesOf(blocks: MetadataBlocks) {
  const { metadata } = await readMetadata(blocks, { values: true, gps: true, personal: true });
  return metadata && { make: metadata.make, model: metadata.model, copyright: metadata.copyright };
}

const everything = { make: 'EXIF make', model: 'XMP model', copyright: 'IPTC notice' };

describe('JPEG', () => {
  const xmpSegment = (packet: ArrayLike<number>) =>
    jpegSegment(0xe1, join(ascii('http://ns.adobe.com/xap/1.0/\0'), packet));
  const photoshopSegment = (part: ArrayLike<number>) =>
    jpegSegment(0xed, join(ascii('Photoshop 3.0\0'), part));

  test('has all three in its segments, Photoshop’s in as many as it likes', async () => {
    const resources = drawPhotoshop(iptc);
    const extra = [
      jpegSegment(0xe1, ascii('unknown')),
      exifSegment(exif),
      exifSegment(drawExif([asciiTag(0x010f, 'another\0')])),
      xmpSegment(xmp),
      photoshopSegment(resources.subarray(0, 30)),
      photoshopSegment(resources.subarray(30)),
    ];
    expect(await valuesOf(blocksOf(jpeg, hollowJpeg(4, 4, { extra })))).toEqual(everything);
  });

  test('goes on with EXIF and XMP in further segments, in whatever order', async () => {
    const long = drawExif([asciiTag(0x010f, `${'m'.repeat(70_000)}\0`)]);
    const part = (packet: Uint8Array, from: number, to: number) =>
      jpegSegment(
        0xe1,
        join(
          ascii(`http://ns.adobe.com/xmp/extension/\0${'A'.repeat(32)}`),
          be32(packet.length),
          be32(from),
          packet.subarray(from, to),
        ),
      );
    const first = drawXmp(
      '<rdf:Description xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="A"/>',
    );
    const extra = [
      exifSegment(long.subarray(0, 60_000)),
      exifSegment(long.subarray(60_000)),
      part(xmp, 100, xmp.length),
      xmpSegment(first),
      part(xmp, 0, 100),
    ];
    expect(await valuesOf(blocksOf(jpeg, hollowJpeg(4, 4, { extra })))).toEqual({
      make: 'm'.repeat(70_000),
      model: 'XMP model',
      copyright: null,
    });
  });

  test('is turned by XMP only where EXIF does not say', () => {
    const turned = (orientation: string) =>
      drawXmp(`<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" ${orientation}</rdf:Description>`);
    const orientationOf = (...extra: readonly Uint8Array[]) => {
      const header = jpeg.readHeader(hollowJpeg(4, 4, { extra }));
      return header.ok ? header.value.orientation : 0;
    };
    expect(orientationOf(xmpSegment(turned('tiff:Orientation="6">')))).toBe(6);
    expect(orientationOf(xmpSegment(turned('><tiff:Orientation>8</tiff:Orientation>')))).toBe(8);
    expect(orientationOf(xmpSegment(turned('tiff:Orientation="9">')))).toBe(1);
    expect(orientationOf(exifSegment(orientationBlock(3)), xmpSegment(turned('tiff:Orientation="6">')))).toBe(
      3,
    );
    expect(orientationOf(exifSegment(orientationBlock(0)), xmpSegment(turned('tiff:Orientation="6">')))).toBe(
      6,
    );
  });
});

describe('PNG', () => {
  const international = (text: ArrayLike<number>, packed: number) =>
    pngChunk('iTXt', join(ascii(`XML:com.adobe.xmp\0`), [packed, 0], ascii('en\0XMP\0'), text));
  const hex = (bytes: ArrayLike<number>) =>
    (
      Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
        .join('')
        .match(/.{1,72}/g) ?? []
    ).join('\n');
  const raw = (type: string, bytes: ArrayLike<number>) =>
    ascii(`\n${type}\n${String(bytes.length).padStart(8)}\n${hex(bytes)}\n`);
  const packed = (type: string, bytes: ArrayLike<number>) =>
    pngChunk('zTXt', join(ascii(`Raw profile type ${type}\0\0`), zlibStored(raw(type, bytes))));
  const plain = (type: string, bytes: ArrayLike<number>) =>
    pngChunk('tEXt', join(ascii(`Raw profile type ${type}\0`), raw(type, bytes)));
  const drawn = (...chunks: readonly Uint8Array[]) => blocksOf(png, drawPng(gradient(2, 2), ...chunks));

  test('has EXIF in eXIf, with or without JPEG’s sign, and XMP in iTXt, packed or not', async () => {
    const wanted = { ...everything, copyright: null };
    expect(await valuesOf(drawn(pngChunk('eXIf', exif), international(xmp, 0)))).toEqual(wanted);
    const signed = pngChunk('eXIf', join(ascii('Exif\0\0'), exif));
    expect(await valuesOf(drawn(international(deflateSync(xmp), 1), signed))).toEqual(wanted);
  });

  test('has all three in ImageMagick’s raw profiles', async () => {
    const signed = join(ascii('Exif\0\0'), exif);
    const magick = [packed('exif', signed), packed('xmp', xmp), packed('iptc', drawPhotoshop(iptc))];
    expect(await valuesOf(drawn(...magick))).toEqual(everything);
    const app1 = join(ascii('http://ns.adobe.com/xap/1.0/\0'), xmp);
    expect(await valuesOf(drawn(plain('exif', exif), plain('APP1', app1), plain('iptc', iptc)))).toEqual(
      everything,
    );
    const turned = png.readHeader(drawPng(gradient(2, 2), packed('exif', orientationBlock(6))));
    expect(turned).toMatchObject({ value: { orientation: 6 } });
  });

  test('prefers the chunks of their own', async () => {
    const other = drawExif([asciiTag(0x010f, 'raw make\0')]);
    expect(await valuesOf(drawn(packed('exif', other), pngChunk('eXIf', exif)))).toMatchObject({
      make: 'EXIF make',
    });
  });

  test('unpacks no more than the limit, soon', () => {
    const bomb = deflateSync(new Uint8Array(100_000_000));
    const start = performance.now();
    expect(drawn(international(bomb, 1)).xmp?.length).toBe(maxMetadataBytes);
    expect(drawn(pngChunk('zTXt', join(ascii('Raw profile type exif\0\0'), bomb))).exif).toBeNull();
    expect(performance.now() - start).toBeLessThan(1000);
    const claims = pngChunk(
      'tEXt',
      Uint8Array.from(ascii('Raw profile type exif\0\nexif\n 999999999\n4d4d')),
    );
    expect(drawn(claims).exif).toEqual(Uint8Array.of(0x4d, 0x4d));
  });

  test('passes over what is cut or senseless', () => {
    for (const data of ['XML:com.adobe.xmp\0', 'XML:com.adobe.xmp\0\x01\0', 'XML:com.adobe.xmp\0\0\0en\0']) {
      expect(drawn(pngChunk('iTXt', Uint8Array.from(ascii(data)))).xmp).toBeNull();
    }
    for (const text of [
      '',
      'Raw profile type exif',
      'Raw profile type exif\0',
      'Raw profile type exif\0\0\x78',
    ]) {
      expect(drawn(pngChunk('zTXt', Uint8Array.from(ascii(text)))).exif).toBeNull();
    }
  });
});

test('WebP has EXIF and XMP in chunks', async () => {
  const picture = { name: 'VP8 ', data: [0, 0, 0, 0x9d, 1, 0x2a, 20, 0, 10, 0, 0] };
  const file = drawWebp(picture, { name: 'EXIF', data: exif }, { name: 'XMP ', data: xmp });
  expect(await valuesOf(blocksOf(webp, file))).toEqual({ ...everything, copyright: null });
});

test('AVIF has EXIF and XMP in items, in the file or in idat', async () => {
  const exifItem = join(be32(6), ascii('Exif\0\0'), exif);
  const infe = (id: number, type: string, rest: string) =>
    box('infe', be32(0x02000000), be16(id), be16(0), ascii(`${type}\0${rest}`));
  const file = (start: number) => {
    const ftyp = box('ftyp', ascii('avif'), be32(0), ascii('mif1'));
    const extent = (id: number, method: number, at: number, length: number) =>
      join(be16(id), be16(method), be16(0), be16(1), be32(at), be32(length));
    const meta = fullBox(
      'meta',
      fullBox('pitm', be16(1)),
      box(
        'iloc', [1, 0, 0, 0, 0x44, 0], be16(3), extent(1, 0, start, 10), extent(2, 0, start + 10, exifItem.length),
        extent(3, 1, 0, xmp.length),
      ),
      fullBox(
        'iinf', be16(4), infe(1, 'av01', ''), infe(9, 'mime', 'text/plain\0'), infe(2, 'Exif', ''),
        infe(3, 'mime', 'application/rdf+xml\0'),
      ),
      box('iprp', box('ipco', fullBox('ispe', be32(64), be32(48))), fullBox('ipma', be32(1), be16(1), [1, 1])),
      box('idat', xmp),
    ); // biome-ignore format: boxes
    const head = join(ftyp, meta);
    return { head, whole: join(head, box('mdat', new Uint8Array(10), exifItem)) };
  };
  const { whole } = file(file(0).head.length + 8);
  expect(await valuesOf(blocksOf(avif, whole))).toEqual({ ...everything, copyright: null });
});

describe('TIFF', () => {
  const tags = (n16: (value: number) => readonly number[]) => ({
    width: { tag: 0x0100, type: 3, count: 1, value: n16(4) },
    make: asciiTag(0x010f, 'EXIF make\0'),
    xmp: { tag: 700, type: 1, count: xmp.length, value: [...xmp] },
    iptc: { tag: 33_723, type: 7, count: iptc.length, value: [...iptc] },
  });

  test('has all three in its first directory, without the tags of its pixels', async () => {
    for (const little of [false, true]) {
      const { width, make, xmp: packet, iptc: records } = tags(little ? le16 : be16);
      const blocks = tiffMetadataBlocks(drawExif([width, make, packet, records], [], [], little));
      expect(await valuesOf(blocks)).toEqual(everything);
      expect(blocks.exif?.length).toBeLessThan(120);
    }
  });

  test('has IPTC among Photoshop’s resources where it has none of its own', async () => {
    const resources = drawPhotoshop(iptc);
    const tag = { tag: 34_377, type: 1, count: resources.length, value: [...resources] };
    expect(await valuesOf(tiffMetadataBlocks(drawExif([tag])))).toEqual({
      make: null,
      model: null,
      copyright: 'IPTC notice',
    });
  });

  test('may be big', async () => {
    const be64 = (value: number) => [...be32(0), ...be32(value)];
    const behind = 16 + 8 + 20 * 3 + 8;
    const text = ascii('EXIF make\0');
    const photoAt = behind + text.length + xmp.length;
    const entry = (tag: number, type: number, count: number, value: readonly number[]) =>
      [...be16(tag), ...be16(type), ...be64(count), ...value]; // biome-ignore format: one line
    const big = join(
      ascii('MM'), be16(43), be16(8), be16(0), be64(16),
      be64(3), entry(0x010f, 2, text.length, be64(behind)), entry(700, 1, xmp.length, be64(behind + text.length)),
      entry(0x8769, 18, 1, be64(photoAt)), be64(0), text, xmp,
      be64(1), entry(0x829d, 5, 1, [...be32(28), ...be32(10)]), be64(0),
    ); // biome-ignore format: a file
    const blocks = tiffMetadataBlocks(big);
    expect(await valuesOf(blocks)).toEqual({ ...everything, copyright: null });
    const { metadata } = await readMetadata(blocks, { values: true, gps: false, personal: false });
    expect(metadata?.fNumber).toBe(2.8);
  });

  test('is nulls when it is none', () => {
    expect(tiffMetadataBlocks(new Uint8Array(100))).toEqual({ exif: null, xmp: null, iptc: null });
  });
});
