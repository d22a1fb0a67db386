import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../core/report';
import { createProgress, duration, progressLine } from './progress';

const snapshot: RunSnapshot = {
  phase: 'running', total: 1482, processed: 911, failed: 3, rows: 911, imagesPerSecond: 143.2,
  secondsLeft: 4, shardsDone: 0, shards: 1, recentFailures: [],
}; // biome-ignore format: figures

const failures = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    key: `${i}.jpg`,
    stage: 'decode' as const,
    code: 'truncated' as const,
    message: 'Cut off.',
  }));

function watch(isTty: boolean, quiet = false) {
  let text = '';
  let clock = 0;
  const terminal = {
    isTty,
    columns: 50,
    write(more: string) {
      text += more;
    },
  };
  const progress = createProgress(terminal, quiet, () => clock);
  const pass = (ms: number) => {
    clock += ms;
  };
  return { progress, text: () => text, pass };
}

describe('a line of progress', () => {
  it.each([
    [{}, '61 %  914 of 1,482 · 143/s · 4 s left · 3 skipped'],
    [{ failed: 0, secondsLeft: null, imagesPerSecond: 3.26 }, '61 %  911 of 1,482 · 3.3/s'],
    [{ phase: 'listing', total: 1000 } as const, 'listing … 1,000 images'],
    [{ phase: 'packaging', failed: 0, processed: 1482 } as const, '100 %  1,482 of 1,482 · finishing'],
    [{ shards: 4, shardsDone: 2, failed: 0 }, '61 %  911 of 1,482 · 143/s · 4 s left · shard 3 of 4'],
  ])('says %j', (changes, line) => {
    expect(progressLine({ ...snapshot, ...changes })).toBe(line);
  });

  it('is rewritten on a terminal and fits it', () => {
    const { progress, text } = watch(true);
    progress.show(snapshot);
    progress.show(snapshot);
    progress.show({ ...snapshot, shards: 1000, failed: 0 });
    progress.end();
    const [first, second] = text().split('\r\x1b[K');
    expect(first).toBe(progressLine(snapshot).slice(0, 49));
    expect(second).toHaveLength(49);
    expect(text()).not.toContain('\n');
  });

  it('comes every five seconds elsewhere', () => {
    const { progress, text, pass } = watch(false);
    for (let i = 0; i < 41; i++) {
      progress.show(snapshot);
      pass(250);
    }
    expect(text()).toBe(`${progressLine(snapshot)}\n`.repeat(2));
  });

  it('is not written when quiet, but failures are', () => {
    const { progress, text, pass } = watch(false, true);
    pass(9000);
    progress.show({ ...snapshot, failed: 1, recentFailures: failures(1) });
    expect(text()).toBe('skipped 0.jpg: truncated: Cut off.\n');
  });
});

describe('failures', () => {
  it('are each named once, and no more than fifty', () => {
    const { progress, text } = watch(false, true);
    const all = failures(300);
    for (const failed of [0, 2, 2, 49, 60, 300])
      progress.show({ ...snapshot, failed, recentFailures: all.slice(Math.max(0, failed - 200), failed) });
    const lines = text().trimEnd().split('\n');
    expect(lines.slice(0, 50)).toEqual(
      all.slice(0, 50).map(({ key }) => `skipped ${key}: truncated: Cut off.`),
    );
    expect(lines.slice(50)).toEqual(['More images are skipped; failures.csv will list all of them.']);
  });
});

it('says durations as people do', () => {
  expect([0.04, 3.26, 4, 9.96, 59.4, 61, 7500].map(duration)).toEqual([
    '0.0 s', '3.3 s', '4 s', '10 s', '59 s', '1 min 1 s', '2 h 5 min',
  ]); // biome-ignore format: a list
});
