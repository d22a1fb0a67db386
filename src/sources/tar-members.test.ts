import { expect, it } from 'vitest';
import { random } from '../base/random';
import { type ArchiveEntry, isSpan } from './archive-member';
import { tarEntries } from './tar-members';
import { drawTar, entriesOf, paxRecord } from './test-archives';
import { packWith } from './test-pack';

const list = (bytes: Uint8Array<ArrayBuffer>) => entriesOf(tarEntries, bytes);

/** Each member's name and content, or the code of what is wrong. */
function told(
  entries: readonly ArchiveEntry[],
  bytes: Uint8Array,
): readonly (readonly [string | null, string])[] {
  return entries.map((entry) => {
    if ('fault' in entry) return [entry.name, entry.fault.code] as const;
    if ('target' in entry) return [entry.name, `-> ${entry.target}`] as const;
    const { name, content } = entry;
    if (!isSpan(content)) return [name, content.code] as const;
    return [name, new TextDecoder().decode(bytes.subarray(content.start, content.end))] as const;
  });
}

const long = `${'a-rather-long-folder/'.repeat(14)}cat.jpg`;

it.each(['ustar', 'gnu', 'pax', 'v7', 'oldgnu', 'posix'])(
  'reads what tar --format=%s writes',
  async (format) => {
    const short = { 'cat/1.jpg': 'meow', 'dog/2.jpg': 'x'.repeat(1500), 'empty.jpg': '', 'späß/ü.png': 'ü' };
    const files = ['gnu', 'pax', 'posix', 'oldgnu'].includes(format) ? { ...short, [long]: 'far' } : short;
    const bytes = packWith('tar', (out) => ['--format', format, '-cf', out, '.'], files);
    if (bytes === null) return;
    const entries = await list(bytes);
    expect(Object.fromEntries(told(entries, bytes))).toEqual(
      Object.fromEntries(Object.entries(files).map(([name, content]) => [`./${name}`, content])),
    );
    for (const entry of entries) if ('modified' in entry) expect(entry.modified).toBeGreaterThan(1e12);
  },
);

it('reads names of 155 + 100 bytes, sizes in base 256, and headers from before ustar', async () => {
  const bytes = drawTar([
    { name: 'old.jpg', content: 'one', type: '\0' },
    { name: 'large.jpg', content: 'two', base256: true },
    { name: 'contiguous.jpg', content: 'three', type: '7' },
  ]);
  expect(told(await list(bytes), bytes)).toEqual([
    ['old.jpg', 'one'],
    ['large.jpg', 'two'],
    ['contiguous.jpg', 'three'],
  ]);
});

it('lets pax records decide over the header, for one file only', async () => {
  const pax = paxRecord('path', 'the/real näme.jpg') + paxRecord('size', '4') + paxRecord('mtime', '12.5');
  const bytes = drawTar([
    { name: 'global', type: 'g', content: paxRecord('comment', 'x') },
    { name: 'pax', type: 'x', content: pax },
    { name: 'short.jpg', content: 'meow', size: 0 },
    { name: 'next.jpg', content: 'woof' },
  ]);
  const entries = await list(bytes);
  expect(told(entries, bytes)).toEqual([
    ['the/real näme.jpg', 'meow'],
    ['next.jpg', 'woof'],
  ]);
  expect(entries[0]).toMatchObject({ modified: 12_500 });
});

it('takes what a pax header says for the file alone, and nothing as taken back', async () => {
  const name = `${'c'.repeat(120)}.jpg`;
  const bytes = drawTar([
    { name: 'pax', type: 'x', content: paxRecord('size', '4') },
    { name: 'long', type: 'L', content: `${name}\0` },
    { name: 'short.jpg', content: 'meow', size: 0 },
    { name: 'pax', type: 'x', content: paxRecord('size', '') + paxRecord('mtime', '') },
    { name: 'next.jpg', content: 'woof' },
  ]);
  const entries = await list(bytes);
  expect(told(entries, bytes)).toEqual([
    [name, 'meow'],
    ['next.jpg', 'woof'],
  ]);
  expect(entries[1]).toMatchObject({ modified: 10_000 });
});

it('tells further names of a file, long ones too', async () => {
  const far = `${'d'.repeat(150)}.jpg`;
  const bytes = drawTar([
    { name: 'a.jpg', content: 'meow' },
    { name: 'hard.jpg', type: '1', size: 5, target: 'a.jpg' },
    { name: 'long', type: 'K', content: `${far}\0` },
    { name: 'gnu.jpg', type: '1', target: 'd' },
    { name: 'pax', type: 'x', content: paxRecord('linkpath', far) },
    { name: 'pax.jpg', type: '1', target: 'd' },
  ]);
  expect(told(await list(bytes), bytes)).toEqual([
    ['a.jpg', 'meow'],
    ['hard.jpg', '-> a.jpg'],
    ['gnu.jpg', `-> ${far}`],
    ['pax.jpg', `-> ${far}`],
  ]);
});

it('passes over devices and folders, and refuses symbolic links and sparse files', async () => {
  const bytes = drawTar([
    { name: 'folder/', type: '5' },
    { name: 'soft.jpg', type: '2' },
    { name: 'pipe', type: '6' },
    { name: 'old-sparse.jpg', type: 'S', content: 'data' },
    { name: 'pax', type: 'x', content: paxRecord('GNU.sparse.major', '1') },
    { name: 'sparse.jpg', content: 'data' },
    { name: 'cat.jpg', content: 'meow' },
  ]);
  expect(told(await list(bytes), bytes)).toEqual([
    ['soft.jpg', 'unsupported'],
    ['old-sparse.jpg', 'unsupported'],
    ['sparse.jpg', 'unsupported'],
    ['cat.jpg', 'meow'],
  ]);
});

it('reads what GNU tar --sparse writes up to and behind the sparse file', async () => {
  for (const format of ['gnu', 'posix']) {
    const script = `truncate -s 1M 2.jpg && echo end >> 2.jpg && tar --format ${format} --sort=name --sparse -cf`;
    const bytes = packWith('sh', (out) => ['-c', `${script} ${out} .`], { '1.jpg': 'one', '3.jpg': 'three' });
    if (bytes === null) return;
    const entries = told(await list(bytes), bytes);
    expect(entries.map(([, what]) => what)).toEqual(['one', 'unsupported', 'three']);
  }
});

it('gives what is whole of a tar that was cut off, and names the rest', async () => {
  const whole = drawTar([
    { name: 'cat.jpg', content: 'meow' },
    { name: 'dog.jpg', content: 'x'.repeat(3000) },
  ]);
  expect(told(await list(whole.slice(0, 2000)), whole)).toEqual([
    ['cat.jpg', 'meow'],
    ['dog.jpg', 'truncated'],
  ]);
  const [, fault] = await list(whole.slice(0, 1100));
  expect(fault).toMatchObject({ name: null, fault: { code: 'truncated' } });
});

it('tells a file that is no tar, and where a tar is damaged', async () => {
  const [none] = await list(new TextEncoder().encode('not a tar at all '.repeat(100)));
  expect(none).toMatchObject({ fault: { code: 'corrupt', message: expect.stringContaining('not a tar') } });
  const bytes = drawTar([
    { name: 'cat.jpg', content: 'meow' },
    { name: 'dog.jpg', content: 'woof' },
  ]);
  bytes[1030] ^= 1;
  expect(told(await list(bytes), bytes)).toEqual([
    ['cat.jpg', 'meow'],
    [null, 'corrupt'],
  ]);
});

it('takes no memory for what a header declares', async () => {
  const lies = [
    { name: 'huge.jpg', size: 2 ** 50, base256: true },
    { name: 'meta', type: 'x', size: 2 ** 40, base256: true },
    { name: 'name', type: 'L', size: 2 ** 31, base256: true },
  ];
  for (const lie of lies) {
    const [entry] = await list(drawTar([lie]));
    expect('fault' in entry && entry.fault.code).toMatch(/truncated|corrupt/);
  }
});

it('stays within the file whatever bytes it is given', async () => {
  const numbers = random('tar fuzz');
  const seed = drawTar([
    { name: 'pax', type: 'x', content: paxRecord('path', 'a.jpg') + paxRecord('size', '4') },
    { name: 'b.jpg', content: 'meow' },
    { name: 'long', type: 'L', content: `${'c'.repeat(120)}.jpg\0` },
    { name: 'd.jpg', content: 'x'.repeat(600) },
    { name: 's.jpg', type: 'S', content: 'x' },
  ]);
  for (let round = 0; round < 2000; round++) {
    const bytes = seed.slice(0, 1 + Math.floor(numbers.between(0, seed.length)));
    for (let n = numbers.between(0, 4); n > 0; n--) {
      const at = Math.floor(numbers.between(0, bytes.length));
      bytes[at] = Math.floor(numbers.between(0, 256));
      const header = at - (at % 512);
      if (header + 512 <= bytes.length) resum(bytes.subarray(header, header + 512));
    }
    for (const entry of await list(bytes)) {
      if ('fault' in entry || 'target' in entry || !isSpan(entry.content)) continue;
      expect(entry.content.start).toBeLessThanOrEqual(entry.content.end);
      expect(entry.content.end).toBeLessThanOrEqual(bytes.length);
    }
  }
});

/** Makes a changed header's sum right, or no change would get past it. */
function resum(header: Uint8Array): void {
  header.set(new TextEncoder().encode('        '), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
}
