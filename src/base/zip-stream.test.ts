import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ZipFile, zipBytes, zipStream } from './zip-stream';

const noPython = spawnSync('python3', ['-c', 'import zipfile']).status !== 0;

async function zipped(files: readonly ZipFile[]): Promise<Uint8Array> {
  async function* each() {
    yield* files;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of zipStream(each())) pieces.push(piece);
  return Buffer.concat(pieces);
}

function file(path: string, text: string): ZipFile {
  const content = new Blob([text]);
  return { path, bytes: content.size, content };
}

describe('zipStream', () => {
  it('has the size foretold and the same bytes in every time zone', async () => {
    const files = [file('train/日本 🐈.csv', 'one'), file('a.npy', 'x'.repeat(300_000)), file('empty', '')];
    const before = process.env.TZ;
    try {
      process.env.TZ = 'UTC';
      const bytes = await zipped(files);
      expect(zipBytes(files)).toBe(bytes.length);
      process.env.TZ = 'Asia/Kolkata';
      expect(Buffer.compare(await zipped(files), bytes)).toBe(0);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it(`counts in 64 bits from 65,535 files on${noPython ? ' (not read by Python: no python3)' : ''}`, async () => {
    // The last is itself an archive, an empty one: the 22 bytes that every archive ends with.
    const last = { path: 'ä/x.zip', bytes: 22, content: new Blob([(await zipped([])).slice()]) };
    const files = [...Array.from({ length: 65_534 }, (_, i) => file(`images/${i % 100}/${i}.txt`, '')), last];
    const bytes = await zipped(files);
    expect(bytes.length).toBe(zipBytes(files));
    expect(readCount(bytes)).toBe(65_535);
    if (!noPython) {
      const listed = await readWithPython(bytes);
      expect(listed).toBe('65535 ä/x.zip 22 None (1980, 1, 1, 0, 0, 0)\n');
    }
  }, 120_000);
});

/** Lists with Python's zipfile: count, the last name and size, the first damaged file, a date. */
async function readWithPython(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'imagemill-zip-'));
  try {
    const path = join(folder, 'a.zip');
    await writeFile(path, bytes);
    const script = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
names = archive.namelist()
print(len(names), names[-1], len(archive.read(names[-1])), archive.testzip(), archive.infolist()[0].date_time)`;
    const { stdout, stderr } = spawnSync('python3', ['-X', 'utf8', '-c', script, path], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The number of files as APPNOTE 4.3.14 to 4.3.16 lays it out; checks that each mark is where it must be. */
function readCount(zip: Uint8Array): number {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  const count = view.getUint16(end + 10, true);
  if (count !== 0xffff) return count;
  expect(view.getUint32(end - 20, true)).toBe(0x07064b50);
  const record = Number(view.getBigUint64(end - 20 + 8, true));
  expect(view.getUint32(record, true)).toBe(0x06064b50);
  const directory = Number(view.getBigUint64(record + 48, true));
  expect(view.getUint32(directory, true)).toBe(0x02014b50);
  expect(Number(view.getBigUint64(record + 40, true))).toBe(record - directory);
  return Number(view.getBigUint64(record + 32, true));
}
