import { expect, it } from 'vitest';
import { readDataUrl } from './data-url';

const all = Uint8Array.from({ length: 256 }, (_, i) => i);
const escaped = Array.from(all, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const base64 = Buffer.from(all).toString('base64');
const text = (bytes: string) => ({ ok: true, bytes: new Uint8Array(Buffer.from(bytes)) });

it.each([
  ['base64', `data:image/png;base64,${base64}`],
  ['base64 with its signs escaped', `data:;base64,${encodeURIComponent(base64)}`],
  ['base64 in lines', `data:;charset=x; BASE64 ,${base64.replaceAll(/.{40}/g, '$&\n ')}#fragment`],
  ['escapes alone', `data:,${escaped}`],
  ['escapes in capitals', `DATA:image/gif,${escaped.toUpperCase()}`],
])('every byte comes back from %s, and no more is allowed than there is', (_, url) => {
  expect(readDataUrl(url, 256)).toEqual({ ok: true, bytes: all });
  expect(readDataUrl(url, 255)).toEqual({ ok: false, why: 'too-large' });
});

it.each([
  ['data:,', ''],
  ['data:,a%20b#c', 'a b'],
  ['data:,é%C3%A9😀%41ü', 'éé😀Aü'],
  ['data:,\ud800x', '\ufffdx'],
])('%j is text in UTF-8', (url, bytes) => {
  const size = Buffer.byteLength(bytes);
  expect(readDataUrl(url, size)).toEqual(text(bytes));
  if (size > 0) expect(readDataUrl(url, size - 1)).toEqual({ ok: false, why: 'too-large' });
});

it.each([
  'data:',
  'data:;base64',
  'data:;base64,!',
  'data:;base64,A',
  'data:;base64,%',
  'data:,a%2',
  'data:,%zz',
  'http://a,b',
  '',
])('what is damaged or none is said to be: %j', (url) => {
  expect(readDataUrl(url, 10)).toEqual({ ok: false, why: 'damaged' });
});

it('two million escapes take no time that counts', () => {
  const url = `data:,${'%41'.repeat(2e6)}`;
  const began = performance.now();
  const read = readDataUrl(url, 2e6);
  expect(read.ok && read.bytes.length).toBe(2e6);
  expect(performance.now() - began).toBeLessThan(2000);
});
