import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sniff, sniffBytes } from '../core/sniff';
import { decoders } from './index';
import { readMetadata } from './metadata';
import { tiffMetadataBlocks } from './tiff-metadata';

/** What Pillow and ExifTool say of a file of `../shared/data`. */
interface Row {
  readonly relpath: string;
  readonly exif?: Readonly<Record<string, unknown>>;
  readonly exiftool?: Readonly<Record<string, unknown>>;
}

const base = new URL('../../../shared/data/', import.meta.url);
const manifest = new URL('manifest.jsonl', base);
const rows: readonly Row[] = existsSync(manifest)
  ? readFileSync(manifest, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
const told = rows.filter(({ exif, exiftool }) => exif !== undefined || exiftool !== undefined);

describe.skipIf(rows.length === 0)('../shared/data (skipped when it is absent)', () => {
  test('every value that Pillow or ExifTool reads is read', async () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const row of told) {
      const { metadata } = await read(row.relpath);
      const theirs = { ...row.exif, ...row.exiftool };
      const compare = (name: string, ours: unknown, wanted: unknown) => {
        if (wanted === undefined) return;
        compared++;
        const near =
          typeof ours === 'number' && Math.abs(ours - Number(wanted)) < 1e-6 * Math.max(1, Math.abs(ours));
        if (!near && ours !== wanted) wrong.push(`${row.relpath}: ${name} ${ours}, not ${wanted}`);
      };
      compare('make', metadata?.make, textOf(theirs.Make));
      compare('model', metadata?.model, textOf(theirs.Model));
      compare('lens', metadata?.lens, textOf(theirs.LensModel));
      compare('date', metadata?.date, dateOf(theirs.DateTimeOriginal));
      compare('exposure', metadata?.exposure, theirs.ExposureTime);
      compare('f-number', metadata?.fNumber, theirs.FNumber);
      compare('iso', metadata?.iso, theirs.ISO);
      compare('focal length', metadata?.focalLength, theirs.FocalLength);
      const [latitude, longitude] = Array.isArray(theirs.GPS) ? theirs.GPS : [];
      compare('latitude', metadata?.latitude, latitude);
      compare('longitude', metadata?.longitude, longitude);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(140);
  });

  // As ExifTool 12.57 reads them.
  test.each([
    ['exif/RangeError_Invalid_typed_array_length.jpg', { artist: 'Óscar Cañas', copyright: '(c) EUROPA PRESS' }, 'owner'],
    ['images/cat/Ragdoll_174.jpg', { copyright: '(c)2008 www.benalman.com' }, 'owner'],
    ['exif/png_with_exif_and_gps.png', { lens: '7.1 - 21.3 mm' }, 'gps,owner'],
    ['exif/Panasonic_DMC-FZ30.jpg', { model: 'DMC-FZ30' }, 'serial'],
    ['exif/Canon_40D.jpg', { model: 'Canon EOS 40D' }, ''],
    ['formats/avif/libavif__tests__data__colors_wcg_hdr_rec2020.avif', { date: '2023-12-05T14:39:21' }, ''],
    ['formats/bigtiff/pillow__Tests__images__hopper_bigtiff.tif', { description: 'File written by Adobe Photoshop. 4.0' }, ''],
    ['formats/tiff/pillow__Tests__images__tiff_16bit_RGB.tiff', null, ''], // its date has 70 seconds
  ] as const)('%s', async (path, values, marks) => {
    const { metadata, privacy } = await read(path);
    if (values === null) expect(metadata).toBeNull();
    else expect(metadata).toMatchObject(values);
    expect(Object.entries(privacy).filter(([, tells]) => tells).map(([mark]) => mark).join()).toBe(marks);
  }); // biome-ignore format: a table
});

const textOf = (value: unknown) => (typeof value === 'string' ? value.split('\0')[0].trim() : undefined);
const dateOf = (value: unknown) =>
  typeof value === 'string' ? value.replace(/^(\d{4}):(\d\d):(\d\d) /, '$1-$2-$3T') : undefined;

async function read(path: string) {
  const bytes = new Uint8Array(
    readFileSync(new URL(path.split('/').map(encodeURIComponent).join('/'), base)),
  );
  const kind = sniff(bytes.subarray(0, sniffBytes));
  const header = decoders.find(({ id }) => id === kind)?.readHeader(bytes);
  const blocks = header?.ok ? header.value : tiffMetadataBlocks(bytes);
  return readMetadata(blocks, { values: true, gps: true, personal: true });
}
