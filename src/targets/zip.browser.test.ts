import { afterEach, beforeEach, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { sha256OfBlob } from '../base/checksum';
import type { FileRecord } from '../core/plugin';
import type { StagingStep } from './staging.test-worker';
import { listStaged, readStaging, removeStaged, stagedBytes, zipBytes, zipStream } from './zip';

/** Quota belongs to the whole origin: a test that lowers it must have the browser for itself. */
const alone = import.meta.env.VITE_IMAGEMILL_ALONE === '1';

const runId = 'zip-test';
let worker: Worker;

const startWorker = () =>
  new Worker(new URL('./staging.test-worker.ts', import.meta.url), { type: 'module' });

function ask<T>(step: StagingStep): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<{ ok: boolean; value: T }>) =>
      data.ok ? resolve(data.value) : reject(data.value);
    worker.postMessage(step);
  });
}

beforeEach(async () => {
  worker = startWorker();
  await ask({ do: 'open', runId });
});

afterEach(async () => {
  worker.terminate();
  await removeStaged(runId);
});

const text = (value: string) => new TextEncoder().encode(value);
const zipped = async (records: readonly FileRecord[]) => {
  const pieces: BlobPart[] = [];
  const stream = await zipStream(await readStaging(runId), records);
  await stream.pipeTo(new WritableStream({ write: (piece) => void pieces.push(piece.slice()) }));
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
};

it('stages files whole, with their checksum', async () => {
  const record = await ask<FileRecord>({
    do: 'put',
    path: 'train/ä/a.csv',
    bytes: text('hello'),
    patch: text('HE'),
  });
  const folder = await readStaging(runId);
  const blob = (await folder.read('train/ä/a.csv'))!;
  expect(await blob.text()).toBe('HEllo');
  expect(record).toEqual({ path: 'train/ä/a.csv', bytes: 5, sha256: await sha256OfBlob(blob) });
  expect(await folder.read('train/ä/b.csv')).toBeNull();
  expect(await stagedBytes(runId)).toBe(5);
});

it('hashes a large file patched behind its bytes', async () => {
  const bytes = new Uint8Array(5_000_000).fill(9);
  const record = await ask<FileRecord>({ do: 'put', path: 'images.npy', bytes, patch: text('header') });
  bytes.set(text('header'));
  expect(record.sha256).toBe(await sha256OfBlob(new Blob([bytes])));
});

it('replaces a file that is there already', async () => {
  await ask({ do: 'put', path: 'a.csv', bytes: text('a long first version') });
  await ask({ do: 'put', path: 'a.csv', bytes: text('short') });
  expect(await (await (await readStaging(runId)).read('a.csv'))?.text()).toBe('short');
});

it('shows nothing of a file that was discarded or whose worker was killed, and clears it when opened again', async () => {
  await ask({ do: 'put', path: 'whole.csv', bytes: text('whole') });
  await ask({ do: 'abandon', path: 'discarded.npy', bytes: new Uint8Array(4_300_000), discard: true });
  expect(await stagedBytes(runId)).toBe(5);
  await ask({ do: 'abandon', path: 'killed.npy', bytes: new Uint8Array(4_300_000), discard: false });
  worker.terminate();
  const folder = await readStaging(runId);
  expect(await folder.read('discarded.npy')).toBeNull();
  expect(await folder.read('killed.npy')).toBeNull();
  worker = startWorker();
  await expect.poll(() => ask({ do: 'open', runId }).then(() => 'opened', String)).toBe('opened');
  expect(await stagedBytes(runId)).toBe(5);
  expect(await (await folder.read('whole.csv'))?.text()).toBe('whole');
});

it('lists and removes what runs have staged', async () => {
  await ask({ do: 'put', path: 'x/a.csv', bytes: text('hello') });
  await ask({ do: 'put', path: 'b.csv', bytes: text('!') });
  expect(await listStaged()).toContainEqual({ runId, bytes: 6, files: 2 });
  worker.terminate();
  await removeStaged(runId);
  await removeStaged(runId);
  expect(await stagedBytes(runId)).toBe(0);
  expect((await listStaged()).map((staged) => staged.runId)).not.toContain(runId);
  expect(await (await readStaging(runId)).read('b.csv')).toBeNull();
});

it('zips in the order given, of the size foretold, with the same bytes every time', async () => {
  const records = [
    await ask<FileRecord>({ do: 'put', path: 'train/日本 🐈.csv', bytes: text('one') }),
    await ask<FileRecord>({ do: 'put', path: 'a.npy', bytes: new Uint8Array(3_000_000).fill(5) }),
    await ask<FileRecord>({ do: 'put', path: 'empty.jsonl', bytes: new Uint8Array(0) }),
  ];
  const first = await zipped(records);
  expect(await zipBytes(records)).toBe(first.length);
  expect(listEntries(first)).toEqual([
    { name: 'train/日本 🐈.csv', bytes: 3, date: '1980-1-1 0:0' },
    { name: 'a.npy', bytes: 3_000_000, date: '1980-1-1 0:0' },
    { name: 'empty.jsonl', bytes: 0, date: '1980-1-1 0:0' },
  ]);
  await ask({ do: 'put', path: 'a.npy', bytes: new Uint8Array(3_000_000).fill(5) }); // a later modification time
  expect(await sha256OfBlob(new Blob([await zipped(records)]))).toBe(await sha256OfBlob(new Blob([first])));
});

it('says which file is gone instead of leaving it out', async () => {
  const record = await ask<FileRecord>({ do: 'put', path: 'a.csv', bytes: text('hello') });
  await expect(zipped([record, { ...record, path: 'b.csv' }])).rejects.toThrow('b.csv is gone');
  await expect(zipped([{ ...record, bytes: 6 }])).rejects.toThrow('a.csv is changed');
});

it.runIf(alone)(
  'says that there is no room and keeps what is committed (alone: VITE_IMAGEMILL_ALONE=1)',
  async () => {
    await ask({ do: 'put', path: 'a.csv', bytes: text('hello') });
    const session = cdp();
    await session.send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: 3_000_000 });
    try {
      await expect(
        ask({ do: 'put', path: 'big.npy', bytes: new Uint8Array(20_000_000) }),
      ).rejects.toMatchObject({
        name: 'RunError',
        code: 'target-full',
        message: expect.stringMatching(
          /^No room left while writing big.npy. The browser's storage is full at \d+ MB, with \d+ [KM]B left by its own count: delete/,
        ),
      });
      expect(await stagedBytes(runId)).toBe(5);
    } finally {
      await session.send('Storage.overrideQuotaForOrigin', { origin: location.origin });
    }
  },
);

/** Reads the central directory as APPNOTE 4.3.12 to 4.3.16 lays it out. */
function listEntries(zip: Uint8Array): { name: string; bytes: number; date: string }[] {
  const view = new DataView(zip.buffer, zip.byteOffset);
  const end = zip.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: count }, () => {
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    const nameLength = view.getUint16(at + 28, true);
    const time = view.getUint16(at + 12, true);
    const day = view.getUint16(at + 14, true);
    const entry = {
      name: new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength)),
      bytes: view.getUint32(at + 24, true),
      date: `${(day >> 9) + 1980}-${(day >> 5) & 15}-${day & 31} ${time >> 11}:${(time >> 5) & 63}`,
    };
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return entry;
  });
}
