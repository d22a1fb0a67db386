import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { csv } from './csv';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';

async function write(rows: readonly Row[], info: RowsInfo = makeInfo(), knobs: object = {}): Promise<string> {
  const files = memoryFiles();
  const writer = await csv.open(files, info, csv.knobs.parse(knobs), oneShard(rows.length));
  for (const row of rows) await writer.write([row]);
  await writer.close();
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.done.get('images.csv'));
}

const cells = (text: string) => Papa.parse<string[]>(text, { newline: '\n' }).data.slice(0, -1);

describe('csv', () => {
  it('writes a header and a line for each row', async () => {
    const exif = {
      date: '2024-02-29T12:34:56',
      make: 'Make, Inc.',
      model: null,
      lens: 'EF50mm f/1.8',
      exposure: 1 / 250,
      fNumber: 2.8,
      iso: 100,
      focalLength: null,
      latitude: -33.5,
      longitude: 0,
      artist: 'Ada',
      copyright: '© Ada',
      description: 'A "cat"',
    };
    const row = makeRow({
      copy: 1,
      augmentation: [{ step: 'rotate', degrees: 9.1 }],
      meta: { ...makeRow().meta, exif },
    });
    expect(await write([row])).toBe(
      'filename,label,label_id,split,width,height,stored_width,stored_height,format,mode,bytes,sha256,orientation,damaged,' +
        'exif_date,exif_make,exif_model,exif_exposure,exif_f_number,exif_iso,exif_focal_length,exif_lens,exif_copyright,exif_description,exif_artist,' +
        'gps_latitude,gps_longitude,image_width,image_height,frame,copy,augmentation\n' +
        `cats/a.jpg,cats,0,train,40,30,30,40,jpeg,RGB,1234,${'ab'.repeat(32)},6,,` +
        '2024-02-29T12:34:56,"Make, Inc.",,0.004,2.8,100,,EF50mm f/1.8,© Ada,"A ""cat""",Ada,-33.5,0,2,2,0,1,"[{""step"":""rotate"",""degrees"":9.1}]"\n',
    );
  });

  it('writes columns only when they are wanted', async () => {
    const header = async (info: Partial<RowsInfo>) => cells(await write([], makeInfo(info)))[0].join();
    expect(await header({ exif: true, gps: false })).toContain('exif_iso');
    expect(await header({ exif: true, gps: false })).not.toContain('gps');
    expect(await header({ exif: true, personal: false })).not.toContain('exif_artist');
    expect(await header({ exif: false, gps: true })).not.toMatch(/exif|gps/);
  });

  it('keeps every text, missing and empty apart', async () => {
    const numbers = random('csv texts');
    const alphabet = [...'ab ",\n\r\t\'=;Ä日🐈\u00a0'];
    const texts = Array.from({ length: 2000 }, () =>
      Array.from(
        { length: Math.floor(numbers.between(0, 8)) },
        () => alphabet[Math.floor(numbers.between(0, alphabet.length))],
      ).join(''),
    );
    const info = makeInfo({ exif: false, extraColumns: ['note'] });
    const written = await write(
      texts.map((note) => makeRow({ key: note, extra: { note } })),
      info,
    );
    const [header, ...rows] = cells(written);
    expect(rows.map((row) => row[0])).toEqual(texts);
    expect(rows.map((row) => row[header.indexOf('note')])).toEqual(texts);
    expect(await write([makeRow({ extra: { note: '' } })], info)).toMatch(/,""\n$/);
    expect(await write([makeRow({ extra: {} })], info)).toMatch(/,\n$/);
  });

  it('puts a prefix before a sidecar column whose name is taken', async () => {
    const info = makeInfo({
      exif: false,
      extraColumns: ['label', 'image_array', '', 'extra_label', 'weight'],
    });
    const extra = { label: 'x', image_array: 'y', '': 'z', extra_label: 'u', weight: 'w' };
    const [header, row] = cells(await write([makeRow({ extra })], info));
    expect(header.slice(-5)).toEqual([
      'extra_label',
      'extra_image_array',
      'extra_',
      'extra_extra_label',
      'weight',
    ]);
    expect(row.slice(-5)).toEqual(['x', 'y', 'z', 'u', 'w']);
  });

  it('writes the tensor in its own shape', async () => {
    const tensor = makeTensor('float32', [3, 1, 2], [0.1, -1, 2.5, -0, 1e20, 1 / 3].map(Math.fround));
    const [header, row] = cells(await write([makeRow({ tensor })], makeInfo(), { image_array: true }));
    expect(header.at(-1)).toBe('image_array');
    expect(row.at(-1)).toBe('[[[0.1,-1]],[[2.5,-0.0]],[[1e+20,0.33333334]]]');
  });

  it('guards against formulas only when asked to', async () => {
    const row = makeRow({ key: '=1+1.jpg', label: '-5' });
    expect(await write([row])).toContain('\n=1+1.jpg,-5,0');
    expect(await write([row], makeInfo(), { spreadsheet_safe: true })).toContain("\n'=1+1.jpg,'-5,0");
  });

  it('refuses the name of a file that every run writes', () => {
    expect(csv.refuses(makeInfo({ name: 'Failures' }), csv.knobs.parse({}))).toContain(
      'choose another output.name',
    );
    expect(csv.refuses(makeInfo({ shape: null, size: null }), csv.knobs.parse({}))).toBeNull();
  });
});
