import { BlobWriter, TextReader, ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js';
import { expect, it } from 'vitest';
import { random } from '../base/random';
import { zipStream } from '../base/zip-stream';
import { unpackMember } from '../core/member';
import { isSpan } from './archive-member';
import { entriesOf } from './test-archives';
import { packWith } from './test-pack';
import { zipEntries } from './zip-directory';

type Bytes = Uint8Array<ArrayBuffer>;

/** Lists and unpacks everything: each member's text, or the code of what is wrong. */
async function unpack(bytes: Bytes): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const entry of await entriesOf(zipEntries, bytes)) {
    if ('fault' in entry) texts['(archive)'] = entry.fault.code;
    else if (!isSpan(entry.content)) texts[entry.name] = entry.content.code;
    else {
      const { start, end } = entry.content;
      const member = await unpackMember(bytes.slice(start, end), entry.content, entry.bytes);
      texts[entry.name] = member.ok ? new TextDecoder().decode(member.value) : member.failure.code;
    }
  }
  return texts;
}

const files = { 'cat/1.jpg': 'meow', 'dog/2.jpg': 'x'.repeat(100_000), 'empty.jpg': '', 'späß/ü.png': 'ü' };

async function write(
  texts: Readonly<Record<string, string>>,
  options: ZipWriterAddDataOptions,
): Promise<Bytes> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [name, text] of Object.entries(texts)) await writer.add(name, new TextReader(text), options);
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

it.each([
  ['deflate', { level: 9 }],
  ['stored', { level: 0 }],
  ['Zip64', { level: 6, zip64: true }],
  ['data descriptors', { level: 6, dataDescriptor: true, dataDescriptorSignature: false }],
])('reads members with %s', async (_, options) => {
  expect(await unpack(await write(files, options))).toEqual(files);
});

it('reads what Info-ZIP writes', async () => {
  const bytes = packWith('zip', (out) => ['-r', '-q', '-D', '-fz', out, '.'], files);
  if (bytes !== null) expect(await unpack(bytes)).toEqual(files);
});

it('reads what this project writes', async () => {
  async function* parts() {
    for (const [path, text] of Object.entries(files))
      yield { path, bytes: new Blob([text]).size, content: new Blob([text]) };
  }
  const bytes = new Uint8Array(await new Response(zipStream(parts())).arrayBuffer());
  expect(await unpack(bytes)).toEqual(files);
});

it('reads a zip behind a program that unpacks it', async () => {
  const zip = await write(files, {});
  const bytes = new Uint8Array(5000 + zip.length);
  bytes.set(zip, 5000);
  expect(await unpack(bytes)).toEqual(files);
});

it('refuses encrypted members one by one', async () => {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  await writer.add('open.jpg', new TextReader('meow'));
  await writer.add('aes.jpg', new TextReader('secret'), { password: 'p' });
  await writer.add('old.jpg', new TextReader('secret'), { password: 'p', zipCrypto: true });
  const bytes = new Uint8Array(await (await writer.close()).arrayBuffer());
  expect(await unpack(bytes)).toEqual({
    'open.jpg': 'meow',
    'aes.jpg': 'unsupported',
    'old.jpg': 'unsupported',
  });
});

it('names the method that it does not read', async () => {
  const bytes = await write({ 'a.jpg': 'meow' }, { level: 0 });
  const at = directoryOf(bytes);
  bytes[at + 10] = 93;
  const [entry] = await entriesOf(zipEntries, bytes);
  expect(entry).toMatchObject({
    content: { code: 'unsupported', message: expect.stringContaining('Zstandard') },
  });
});

it('refuses members that lie over one another, as in a bomb', async () => {
  const bytes = await write({ 'a.jpg': 'meow', 'b.jpg': 'woof' }, { level: 0 });
  const second =
    directoryOf(bytes) + 46 + 5 + new DataView(bytes.buffer).getUint16(directoryOf(bytes) + 30, true);
  new DataView(bytes.buffer).setUint32(second + 42, 0, true); // both begin at byte 0
  expect(await unpack(bytes)).toEqual({ 'a.jpg': 'corrupt', 'b.jpg': 'corrupt' });
});

it('takes no memory for a size that its packed bytes cannot hold', async () => {
  const bytes = await write({ 'a.jpg': 'meow' }, { level: 9 });
  new DataView(bytes.buffer).setUint32(directoryOf(bytes) + 24, 4_000_000_000, true);
  expect(await unpack(bytes)).toEqual({ 'a.jpg': 'corrupt' });
});

it('stops at the declared size when more comes out', async () => {
  const bytes = await write({ 'a.jpg': 'x'.repeat(10_000_000) }, { level: 9 });
  new DataView(bytes.buffer).setUint32(directoryOf(bytes) + 24, 1000, true);
  expect(await unpack(bytes)).toEqual({ 'a.jpg': 'corrupt' });
});

it('tells a wrong checksum, a broken stream and a header that is not there', async () => {
  const good = await write({ 'a.jpg': 'meow'.repeat(1000) }, { level: 9 });
  const spoil = async (change: (view: DataView, directory: number) => void) => {
    const bytes = good.slice();
    change(new DataView(bytes.buffer), directoryOf(bytes));
    return (await unpack(bytes))['a.jpg'];
  };
  expect(await spoil((view, at) => view.setUint32(at + 16, 1, true))).toBe('corrupt');
  expect(await spoil((view) => view.setUint32(35 + view.getUint16(28, true), 0xffffffff))).toBe('corrupt');
  expect(await spoil((view) => view.setUint32(0, 0))).toBe('corrupt');
});

it('tells what is no zip, what was cut off, and what was split', async () => {
  const good = await write(files, {});
  const message = async (bytes: Bytes) => {
    const [entry] = await entriesOf(zipEntries, bytes);
    return 'fault' in entry ? entry.fault.message : '';
  };
  expect(await message(new Uint8Array(5))).toContain('no directory');
  expect(await message(good.slice(0, good.length - 100))).toContain('no directory');
  const split = good.slice();
  new DataView(split.buffer).setUint16(split.length - 18, 2, true);
  expect(await message(split)).toContain('split');
});

it('fails with a code, whatever bytes it is given', async () => {
  const numbers = random('zip fuzz');
  const seeds = [
    await write({ 'a.jpg': 'meow', 'b/c.png': 'x'.repeat(300) }, { zip64: true }),
    await write(files, {}),
  ];
  for (let round = 0; round < 1500; round++) {
    const seed = seeds[round % 2];
    const bytes = seed.slice(0, round % 5 === 0 ? Math.floor(numbers.between(0, seed.length)) : seed.length);
    const directory = Math.max(0, bytes.length - 400);
    for (let n = numbers.between(1, 6); n > 0 && bytes.length > 0; n--)
      bytes[Math.floor(numbers.between(directory, bytes.length))] = Math.floor(numbers.between(0, 256));
    for (const entry of await entriesOf(zipEntries, bytes)) {
      if ('fault' in entry || !isSpan(entry.content)) continue;
      const { start, end } = entry.content;
      await unpackMember(bytes.slice(start, end), entry.content, entry.bytes);
    }
  }
});

/** Where the directory of a zip without Zip64 begins. */
const directoryOf = (bytes: Bytes) => new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
