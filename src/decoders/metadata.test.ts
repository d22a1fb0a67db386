import { describe, expect, test } from 'vitest';
import type { Metadata, MetadataBlocks } from '../core/image';
import { nothingPrivate } from '../core/privacy';
import { maxMetadataBytes, readMetadata } from './metadata';
import { ascii, asciiTag, be16, be32, drawExif, drawIptc, drawXmp, join, ratioTag } from './test-files';

const none: MetadataBlocks = { exif: null, xmp: null, iptc: null };
const all = { values: true, gps: true, personal: true };
const read = (blocks: Partial<MetadataBlocks>, wish = all) => readMetadata({ ...none, ...blocks }, wish);

const nothing: Metadata = {
  date: null, make: null, model: null, lens: null, exposure: null, fNumber: null, iso: null, focalLength: null,
  latitude: null, longitude: null, artist: null, copyright: null, description: null,
}; // biome-ignore format: a record

const place = [
  asciiTag(1, 'S\0'),
  ratioTag(2, 33, 1, 30, 1, 0, 1),
  asciiTag(3, 'E\0'),
  ratioTag(4, 151, 1, 15, 1, 0, 1),
];
const exif = drawExif(
  [
    asciiTag(0x010e, 'Dawn\r\nat\tthe bay \0'),
    asciiTag(0x010f, 'Canon\0junk behind \xff'),
    asciiTag(0x0110, '  EOS 40D \0'),
    asciiTag(0x013b, 'Ren\xe9e\0'),
    asciiTag(0x8298, '\xc2\xa9 Ren\xc3\xa9e\0'),
  ],
  [
    ratioTag(0x829a, 1, 160),
    ratioTag(0x829d, 71, 10),
    { tag: 0x8827, type: 3, count: 1, value: [0, 100] },
    asciiTag(0x9003, '2008:05:30 15:56:01\0'),
    ratioTag(0x920a, 135, 1),
    asciiTag(0xa434, 'EF135mm f/2L USM\0'),
  ],
  place,
);

describe('EXIF', () => {
  test('gives plain values: texts in UTF-8 or Latin-1, cut at NUL, on one line, trimmed', async () => {
    expect((await read({ exif })).metadata).toEqual({
      date: '2008-05-30T15:56:01',
      make: 'Canon',
      model: 'EOS 40D',
      lens: 'EF135mm f/2L USM',
      exposure: 1 / 160,
      fNumber: 7.1,
      iso: 100,
      focalLength: 135,
      latitude: -33.5,
      longitude: 151.25,
      artist: 'Renée',
      copyright: '© Renée',
      description: 'Dawn at the bay',
    });
  });

  test('gives neither position nor artist unless asked, and tells of them all the same', async () => {
    const { metadata, privacy } = await read({ exif }, { values: true, gps: false, personal: false });
    expect(metadata).toMatchObject({ latitude: null, longitude: null, artist: null, copyright: '© Renée' });
    expect(privacy).toEqual({ gps: true, serial: false, owner: true, faces: false });
    expect(await read({ exif }, { values: false, gps: true, personal: true })).toEqual({
      metadata: null,
      privacy,
    });
  });

  test('gives null for values that make no sense', async () => {
    const odd = drawExif(
      [asciiTag(0x010f, '\0\0\0\0'), asciiTag(0x0110, '    \0'), asciiTag(0x0132, '0000:00:00 00:00:00\0')],
      [
        ratioTag(0x829a, 1, 0),
        ratioTag(0x829d, 0, 0),
        asciiTag(0x9003, '2023:02:30 10:00:00\0'),
        asciiTag(0x9004, '2023:02:28 10:00:00\0'),
      ],
      [
        asciiTag(1, 'N\0'),
        ratioTag(2, 123, 1, 0, 1, 0, 1),
        asciiTag(3, 'E\0'),
        ratioTag(4, 4, 1, 0, 1, 0, 1),
      ],
    );
    expect((await read({ exif: odd })).metadata).toEqual({ ...nothing, date: '2023-02-28T10:00:00' });
    const half = drawExif(
      [asciiTag(0x010f, 'A\0')],
      [],
      [asciiTag(1, 'N\0'), ratioTag(2, 10, 1, 0, 1, 0, 1)],
    );
    expect((await read({ exif: half })).metadata).toEqual({ ...nothing, make: 'A' });
  });

  test('loses no more than the tags that are broken', async () => {
    const broken = drawExif(
      [asciiTag(0x010f, 'Canon\0'), { tag: 0x0132, type: 99, count: 1, value: [1, 2, 3, 4] }],
      [
        { tag: 0x829a, type: 5, count: 1, value: [0xff, 0xff, 0xff, 0xff] }, // points outside
        ratioTag(0x829d, 71, 10),
        { tag: 0x9003, type: 2, count: 0x7fffffff, value: [0, 0, 0, 8] },
      ],
      place,
    );
    expect((await read({ exif: broken })).metadata).toMatchObject({
      make: 'Canon',
      fNumber: 7.1,
      exposure: null,
      date: null,
      latitude: -33.5,
    });
  });

  test('is read beyond 64 KB', async () => {
    const long = drawExif([asciiTag(0x010e, `${'x'.repeat(70_000)}\0`)], [ratioTag(0x829d, 28, 10)]);
    expect((await read({ exif: long })).metadata).toMatchObject({
      fNumber: 2.8,
      description: 'x'.repeat(70_000),
    });
  });

  test('never throws, however it is cut', async () => {
    for (let length = 0; length < exif.length; length += 3) await read({ exif: exif.subarray(0, length) });
    expect(await read({ exif: new Uint8Array(100).fill(0xff) })).toEqual({
      metadata: null,
      privacy: nothingPrivate,
    });
    expect(await read({})).toEqual({ metadata: null, privacy: nothingPrivate });
  });

  test('tells of serial numbers and owners, but not by placeholders', async () => {
    const told = async (main: Parameters<typeof drawExif>[0], photo: Parameters<typeof drawExif>[1]) =>
      (await read({ exif: drawExif(main, photo) })).privacy;
    expect(await told([], [asciiTag(0xa431, '0123456789\0')])).toMatchObject({ serial: true, owner: false });
    expect(await told([asciiTag(0xc62f, 'K12\0')], [])).toMatchObject({ serial: true });
    expect(await told([], [asciiTag(0xa430, 'Ada\0')])).toMatchObject({ serial: false, owner: true });
    const blank = [
      asciiTag(0xa430, '        \0'),
      asciiTag(0xa431, '0000000\0'),
      asciiTag(0xa435, '\0\0\0\0\0'),
    ];
    expect(await told([asciiTag(0x013b, '\0')], blank)).toEqual(nothingPrivate);
    const zeros = [ratioTag(2, 0, 0, 0, 0, 0, 0), ratioTag(4, 0, 0, 0, 0, 0, 0)];
    expect((await read({ exif: drawExif([], [], zeros) })).privacy.gps).toBe(false);
  });
});

describe('the sources', () => {
  const xmp = drawXmp(`
    <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
      tiff:Make="XMP make" tiff:Model="XMP model">
      <dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Grace</rdf:li></rdf:Seq></dc:creator>
    </rdf:Description>`);
  const iptc = drawIptc([
    [80, ascii('IPTC by-line')],
    [116, ascii('IPTC copyright')],
    [120, ascii('caf\xe9')],
    [55, ascii('20081022')],
    [60, ascii('164321+0200')],
  ]);

  test('come in turn: EXIF, XMP, IPTC', async () => {
    const make = drawExif([asciiTag(0x010f, 'EXIF make\0')]);
    const { metadata, privacy } = await read({ exif: make, xmp, iptc });
    expect(metadata).toEqual({
      ...nothing,
      make: 'EXIF make',
      model: 'XMP model',
      artist: 'Ada; Grace',
      copyright: 'IPTC copyright',
      description: 'café',
      date: '2008-10-22T16:43:21',
    });
    expect(privacy).toEqual({ ...nothingPrivate, owner: true });
    expect((await read({ xmp, iptc })).metadata?.make).toBe('XMP make');
    expect((await read({ iptc })).metadata?.artist).toBe('IPTC by-line');
  });

  test('IPTC stops where it is broken', async () => {
    const cut = join(drawIptc([[116, ascii('notice\0junk')]]), [0x1c, 2, 120, 0xff, 0xff, 1, 2]);
    expect((await read({ iptc: cut })).metadata).toEqual({ ...nothing, copyright: 'notice' });
    const noTime = drawIptc([[55, ascii('20081022')], [120, ascii('x')]]); // biome-ignore format: pairs
    expect((await read({ iptc: noTime })).metadata?.date).toBeNull();
  });

  test('are read as far as the limit', async () => {
    const late = join(
      drawXmp(''),
      new Uint8Array(maxMetadataBytes).fill(0x20),
      drawXmp('<rdf:Description/>'),
    );
    expect(await read({ xmp: late })).toEqual({ metadata: null, privacy: nothingPrivate });
    const far = join(drawExif([asciiTag(0x010f, 'Make\0'), { tag: 0x0110, type: 2, count: 9, value: be32(maxMetadataBytes + 10) }]), new Uint8Array(maxMetadataBytes + 100).fill(0x41)); // biome-ignore format: one block
    expect((await read({ exif: far })).metadata).toEqual({ ...nothing, make: 'Make' });
  });
});

describe('maker notes', () => {
  /** A directory whose values count from `origin` before its own first byte. */
  const directory = (at: number, tags: readonly (readonly [tag: number, text: string])[]) => {
    const values = tags.map(([, text]) => ascii(`${text}\0`.padEnd(6, '\0')));
    let valueAt = at + 2 + 12 * tags.length + 4;
    const entries = tags.map(([tag], i) => {
      const entry = [...be16(tag), ...be16(2), ...be32(values[i].length), ...be32(valueAt)];
      valueAt += values[i].length;
      return entry;
    });
    return [...be16(tags.length), ...entries.flat(), ...be32(0), ...values.flat()];
  };
  /** An EXIF block with a note; `draw` gets the note's position in the block. */
  const withNote = (make: string, draw: (at: number) => readonly number[]) => {
    const blockOf = (note: readonly number[]) =>
      drawExif(
        [asciiTag(0x010f, `${make}\0\0\0\0`)],
        [{ tag: 0x927c, type: 7, count: note.length, value: note }],
      );
    const mark = [...draw(0)].map(() => 0xee);
    const at = blockOf(mark).indexOf(0xee);
    return blockOf(draw(at));
  };
  const told = async (block: Uint8Array) => (await read({ exif: block })).privacy;

  test.each([
    ['Canon', (at: number, value: string) => directory(at, [[0x0096, value]])],
    ['NIKON', (_: number, value: string) => [...ascii('Nikon\0\x02\x10\0\0MM\0*'), ...be32(8), ...directory(8, [[0x1d, value]])]],
    ['Panasonic', (at: number, value: string) => [...ascii('Panasonic\0\0\0'), ...directory(at + 12, [[0x25, value]])]],
    ['PENTAX', (at: number, value: string) => [...ascii('AOC\0MM'), ...directory(at + 6, [[0x229, value]])]],
    ['OLYMPUS', (at: number, value: string) => [...ascii('OLYMP\0\x01\0'), ...directory(at + 8, [[0x404, value]])]],
  ] as const)('%s: a serial number is told, a blank one is not', async (make, draw) => {
    expect(await told(withNote(make, (at) => draw(at, 'S1234567')))).toEqual({ ...nothingPrivate, serial: true });
    expect(await told(withNote(make, (at) => draw(at, '        ')))).toEqual(nothingPrivate);
  }); // biome-ignore format: a table

  test('Fujifilm and Olympus count from their note’s own start', async () => {
    // Fujifilm's note is little-endian whatever the block is.
    const little = [12, 0, 0, 0, 1, 0, 0x10, 0, 2, 0, 6, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0];
    const fuji = [...ascii('FUJIFILM'), ...little, ...ascii('FC1234')];
    expect(await told(withNote('FUJIFILM', () => fuji))).toMatchObject({ serial: true });
    const equipment = directory(30, [[0x0101, 'BHP123456']]);
    const pointer = [...be16(1), ...be16(0x2010), ...be16(13), ...be32(1), ...be32(30), ...be32(0)];
    const olympus = [...ascii('OLYMPUS\0MM\0\x03'), ...pointer, ...equipment];
    expect(await told(withNote('OLYMPUS', () => olympus))).toMatchObject({ serial: true });
  });

  test('Canon’s owner is told; another make’s bare note is not taken for Canon’s', async () => {
    const note = (at: number) => directory(at, [[0x0009, 'Ada Lovelace']]);
    expect(await told(withNote('Canon', note))).toEqual({ ...nothingPrivate, owner: true });
    expect(await told(withNote('Casio', note))).toEqual(nothingPrivate);
  });
});
