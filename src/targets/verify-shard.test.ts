import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FileRecord, StoredFile } from '../core/plugin';
import { verifyRecord, verifyShard } from './verify-shard';

const recordOf = (path: string, text: string): FileRecord => ({
  path,
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** A target in which these texts lie. */
const folderOf = (texts: Record<string, string>) => ({
  looks: [] as string[],
  async look(path: string): Promise<StoredFile | null> {
    this.looks.push(path);
    const bytes = texts[path] === undefined ? null : Buffer.from(texts[path]);
    return (
      bytes && { bytes: bytes.length, read: async (start, end) => new Uint8Array(bytes.subarray(start, end)) }
    );
  },
});

const shared = {
  written: { count: 1, sample: [] },
  info: {} as never,
  knobs: {},
  shard: {} as never,
};

describe('a file read back', () => {
  it.each([
    ['whole', { 'a.json': '[1]' }, null],
    ['torn', { 'a.json': '[1' }, 'holds 2 bytes of the 3 that were written'],
    ['gone', {}, 'holds 0 bytes of the 3'],
    ['other bytes', { 'a.json': '[2]' }, 'has the sha256'],
  ])('is seen to be %s', async (_, texts, problem) => {
    const checked = verifyRecord(folderOf(texts as Record<string, string>), recordOf('a.json', '[1]'));
    if (problem === null) await checked;
    else {
      const error = await checked.catch((error: unknown) => error);
      expect(error).toMatchObject({ name: 'RunError', code: 'target' });
      expect(String(error)).toContain(`a.json was read back and ${problem}`);
    }
  });

  it('may be empty, and taken for none', async () => {
    await verifyRecord(folderOf({}), recordOf('a.jsonl', ''));
  });
});

describe('a shard read back', () => {
  it('is hashed when its format cannot verify, and looked at once a file when it can', async () => {
    const records = [recordOf('a.x', 'a'), recordOf('b.x', 'b')];
    const wrong = folderOf({ 'a.x': 'a', 'b.x': 'c' });
    await expect(verifyShard(wrong, { ...shared, records, format: { extension: 'x' } })).rejects.toThrow(
      'b.x',
    );
    const verify = async () => null;
    await verifyShard(wrong, { ...shared, records, format: { extension: 'x', verify } });
    expect(wrong.looks).toEqual(['a.x', 'b.x', 'a.x', 'b.x']);
  });

  it('of pictures is looked at only where its format asks', async () => {
    const folder = folderOf({ 'p/a.jpg': 'a' });
    const records = [recordOf('p/a.jpg', 'a'), recordOf('p/b.jpg', 'b')];
    const format = {
      extension: null,
      verify: async (files: readonly { read: StoredFile['read'] }[]) => {
        await files[0].read(0, 1);
        return { path: 'p/a.jpg', problem: 'is a cat' };
      },
    };
    await expect(verifyShard(folder, { ...shared, records, format })).rejects.toThrow(
      'p/a.jpg was read back and is a cat. The disk or the browser’s'.replace('’', "'"),
    );
    expect(folder.looks).toEqual(['p/a.jpg']);
  });
});
