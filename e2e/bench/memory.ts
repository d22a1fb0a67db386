import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryBelowMb } from '../fixtures/memory';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { less, type Row } from './row';
import type { Bench } from './speed';

/** Seldom enough that asking costs the run nothing: the kernel walks every page of every process. */
const sampleEveryMs = 500;
const limitMb = 1200;

/**
 * Measures the most memory of the whole browser, all its processes together, over 2,000 and over 10,000 images, each in a
 * browser of its own. Counted in PSS, which shares what processes share; Linux only.
 */
export async function measureMemory(pictures: readonly string[], bench: Bench): Promise<readonly Row[]> {
  const few = await peakMb(pictures, 2000, bench);
  const many = await peakMb(pictures, 10_000, bench);
  return [
    less('memory-2000-images', 'MB', few, 'the bound', limitMb),
    less('memory-10000-images', 'MB', many, 'the bound', limitMb),
    less('memory-growth', 'MB', many, 'at 2,000 images', few),
  ];
}

async function peakMb(
  pictures: readonly string[],
  count: number,
  { chromium, folder, say }: Bench,
): Promise<number> {
  if (memoryBelowMb() === null) throw new Error('Memory is measured through /proc, which is Linux’.');
  const own = join(folder, `memory-${count}`);
  const paths = repeat(pictures, count, own);
  const ours = await openOurs(chromium, join(own, 'ours'));
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, memoryBelowMb() ?? 0);
  }, sampleEveryMs);
  try {
    const ms = await ours.run(paths);
    say(`${count} images: at most ${peak.toFixed(0)} MB, ${((count / ms) * 1000).toFixed(1)}/s`);
    return peak;
  } finally {
    clearInterval(timer);
    await ours.close();
    rmSync(own, { recursive: true, force: true });
  }
}
