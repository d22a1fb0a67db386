import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../core/plugin';
import { findEarlierFiles } from './earlier-files';

const file = (path: string, format: string | null = 'npy', bytes = 5) => ({
  path,
  bytes,
  sha256: 'ab',
  format,
});

/** A folder in which `lying` lie, beside a `metrics.json`; as the targets do, it refuses paths that lead out of it. */
function folder(metrics: unknown, lying: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  return {
    asked,
    read: async (path: string) =>
      path === 'metrics.json' && metrics !== null
        ? new Blob([typeof metrics === 'string' ? metrics : JSON.stringify(metrics)])
        : null,
    findMissing: async (records: readonly FileRecord[]) => {
      asked.push(...records.map(({ path }) => path));
      const outside = records.find(({ path }) => path.split('/').includes('..'));
      if (outside !== undefined) throw new Error(`${outside.path} lies outside`);
      return records.filter(({ path, bytes }) => lying[path] !== bytes).map(({ path }) => path);
    },
  };
}

describe('files of an earlier run', () => {
  it('are those that lie there still, as they were, and are none of this run', async () => {
    const files = [file('a.npy'), file('b.npy'), file('c.npy'), file('d.npy'), file('README.md', null)];
    const write = folder({ files }, { 'a.npy': 5, 'b.npy': 5, 'c.npy': 6, 'README.md': 5 });
    expect(await findEarlierFiles(write, [file('a.npy')])).toEqual([file('b.npy')]);
  });

  it('are remembered from run to run', async () => {
    const metrics = { files: [file('new.npy')], earlier_files: [file('old.npy'), file('gone.npy')] };
    const write = folder(metrics, { 'old.npy': 5, 'new.npy': 5 });
    expect(await findEarlierFiles(write, [file('newer.npy')])).toEqual([file('new.npy'), file('old.npy')]);
  });

  it('are none where the list is no list of ours, and the entries of ours where some are not', async () => {
    for (const metrics of [null, '', '{"files":', '[]', { files: 7 }, { files: [], earlier_files: {} }])
      expect(await findEarlierFiles(folder(metrics, {}), [])).toEqual([]);
    const files = [null, 7, { path: 'x' }, { ...file('y'), bytes: '5' }, file('a.npy')];
    expect(await findEarlierFiles(folder({ files }, { 'a.npy': 5 }), [])).toEqual([file('a.npy')]);
  });

  it('are never looked for outside the folder, nor where it has a folder of pictures', async () => {
    const paths = [
      '../a',
      '/etc/passwd',
      'a/../../b',
      'a\\b',
      'C:/x',
      'a\0b',
      '',
      'images/',
      '.imagemill-parts/lock',
    ];
    const write = folder({ files: [...paths.map((path) => file(path)), file('a.npy')] }, { 'a.npy': 5 });
    expect(await findEarlierFiles(write, [])).toEqual([file('a.npy')]);
    expect(write.asked).toEqual(['a.npy']);
  });

  it('are told however many there are', async () => {
    const files = Array.from({ length: 100_001 }, (_, i) => file(`part-${i}.npy`));
    const write = folder({ files }, Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])));
    expect(await findEarlierFiles(write, [])).toHaveLength(100_001);
  });
});
