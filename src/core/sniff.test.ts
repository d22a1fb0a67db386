import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isImage, type Sniffed, sniff, sniffBytes } from './sniff';

const bytes = (text: string, length = text.length) => {
  const result = new Uint8Array(length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
};
const ftyp = (brand: string, ...others: string[]) =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * others.length)}ftyp${brand}\0\0\0\0${others.join('')}`, 64);

describe('sniff', () => {
  test.each<[Sniffed, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['jpeg', bytes('\xff\xd8\xff\xe0', 64)],
    ['png', bytes('\x89PNG\r\n\x1a\n', 64)],
    ['webp', bytes('RIFF\x10\0\0\0WEBPVP8 ', 64)],
    ['video', bytes('RIFF\x10\0\0\0AVI LIST', 64)],
    ['gif', bytes('GIF89a', 64)],
    ['gif', bytes('GIF87a', 64)],
    ['bmp', bytes('BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 64)],
    ['text', bytes('BMW is a maker of cars, and this is a text.')],
    ['ico', bytes('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0', 64)],
    ['cur', bytes('\0\0\x02\0\x01\0\x10\x10\0\0\x01\0\x01\0', 64)],
    ['tiff', bytes('II*\0\x08\0\0\0', 64)],
    ['tiff', bytes('MM\0*\0\0\0\x08', 64)],
    ['bigtiff', bytes('II+\0\x08\0\0\0', 64)],
    ['bigtiff', bytes('MM\0+\0\x08\0\0', 64)],
    ['jxl', bytes('\xff\x0a\x30', 64)],
    ['jxl', bytes('\0\0\0\x0cJXL \r\n\x87\n', 64)],
    ['jp2', bytes('\0\0\0\x0cjP  \r\n\x87\n', 64)],
    ['avif', ftyp('avif', 'mif1')],
    ['avif', ftyp('mif1', 'avif')],
    ['avif', ftyp('avis', 'msf1')],
    ['heic', ftyp('heic', 'mif1')],
    ['heic', ftyp('mif1', 'heic')],
    ['heic', ftyp('mif1')],
    ['video', ftyp('isom', 'mp41')],
    ['psd', bytes('8BPS\0\x01', 64)],
    ['qoi', bytes('qoif', 64)],
    ['pnm', bytes('P6\n2 2\n255\n', 64)],
    ['svg', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['svg', bytes('<?xml version="1.0"?>\n<!-- drawn -->\n<svg>')],
    ['html', bytes('<!DOCTYPE html><html><body>404')],
    ['html', bytes('\n\n<html lang="en">')],
    ['xml', bytes('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['json', bytes('{"error": "not found"}')],
    ['text', bytes('Not found')],
    ['pdf', bytes('%PDF-1.7', 64)],
    ['zip', bytes('PK\x03\x04', 64)],
    ['gzip', bytes('\x1f\x8b\x08', 64)],
    ['unknown', new Uint8Array(64)],
    ['unknown', Uint8Array.from({ length: 64 }, (_, i) => (i * 37 + 11) % 256)],
  ])('tells %s', (kind, head) => {
    expect(sniff(head)).toBe(kind);
  });

  test('does not read beyond a short head', () => {
    const heads = [
      '\xff\xd8\xff',
      'RIFF\x10\0\0\0WEBP',
      '\0\0\x01\0\x01\0',
      '\0\0\0\x18ftypavif',
      'BM',
      'P6\n',
    ];
    for (const head of heads) {
      for (let length = 0; length <= head.length; length++)
        expect(sniff(bytes(head).subarray(0, length))).toBeTypeOf('string');
    }
  });

  test('isImage parts pictures from the rest', () => {
    expect((['jpeg', 'ico', 'heic', 'svg'] as const).every(isImage)).toBe(true);
    expect((['html', 'text', 'zip', 'video', 'empty', 'unknown'] as const).some(isImage)).toBe(false);
  });
});

const manifest = '../shared/data/manifest.jsonl';

describe.skipIf(!existsSync(manifest))('sniff on ../shared/data (skipped when it is absent)', () => {
  test('agrees with the manifest on every file', () => {
    const disagreements: string[] = [];
    for (const line of readFileSync(manifest, 'utf8').trim().split('\n')) {
      const row: { relpath: string; sniff: string } = JSON.parse(line);
      const found = sniff(readFileSync(`../shared/data/${row.relpath}`).subarray(0, sniffBytes));
      // The manifest's "jpeg?" begins like a JPEG and goes on otherwise; its "unknown" has no words for text.
      const told = row.sniff.replace('?', '');
      if (found !== told && !(told === 'unknown' && !isImage(found))) {
        disagreements.push(`${row.relpath}: ${found}, not ${told}`);
      }
    }
    expect(disagreements).toEqual([]);
  });
});
