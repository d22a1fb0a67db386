import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { conform } from './conform';

const folder = mkdtempSync(join(tmpdir(), 'imagemill-conform-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = { relpath: 'a.png', sha256: '', sniff: 'png', consensus: 'agree-valid' };

test.each([
  ['no folder', [], null, /Name one folder/],
  ['an unknown flag', [folder, '--fast'], null, /--fast/],
  ['a number that is none', [folder, '--sample', 'all'], line, /--sample got all; a whole number from 1/],
  ['no manifest', [folder], null, /manifest\.jsonl is missing/],
  ['an empty manifest', [folder], '', /has no lines/],
  ['a line that is not JSON', [folder], 'a.png', /Line 1 of manifest\.jsonl is not JSON: a\.png/],
  ['a line of another form', [folder], { ...line, size: 'big' }, /Line 1 of manifest\.jsonl, size/],
  [
    'a file that is missing',
    [folder],
    { ...line, relpath: 'b.png' },
    /names 1 files that are not there, b\.png/,
  ],
] as const)('refuses %s, saying why', async (_, args, manifest, message) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const path = join(folder, 'manifest.jsonl');
  writeFileSync(join(folder, 'a.png'), '');
  if (manifest === null) rmSync(path, { force: true });
  else writeFileSync(path, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  expect(await conform(args)).toBe(2);
  expect(said.mock.calls.flat().join('')).toMatch(message);
  said.mockRestore();
});
