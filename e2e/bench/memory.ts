import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryBelowMb } from '../fixtures/memory';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { less, median, type Row } from './row';
import type { Bench } from './speed';

/** Seldom enough that asking costs the run nothing: the kernel walks every page of every process. */
const sampleEveryMs = 500;
const limitMb = 1200;

/**
 * Measures the memory of the whole browser, all its processes together, over 2,000 and over 10,000 images, each in a browser of
 * its own: the most, which the bound is for, and the usual, which grows only when something is kept. (The most of many samples of
 * a garbage collector's saw teeth grows with their number alone.) Counted in PSS, which shares what processes share; Linux only.
 */
export async function measureMemory(pictures: readonly string[], bench: Bench): Promise<readonly Row[]> {
  const few = await memoryOf(pictures, 2000, bench);
  const many = await memoryOf(pictures, 10_000, bench);
  return [
    less('memory-2000-images', 'MB', few.peakMb, 'the bound', limitMb),
    less('memory-10000-images', 'MB', many.peakMb, 'the bound', limitMb),
    less('memory-growth', 'MB', many.usualMb, 'at 2,000 images', few.usualMb),
    less('memory-growth-running', 'MB', many.runningMb, 'at 2,000 images', few.runningMb),
  ];
}

interface Memory {
  readonly peakMb: number;
  /** The median once the run is in its stride: after its first quarter. */
  readonly usualMb: number;
  /** The same above what the browser holds for the picked files before the run: Chromium takes 8 kB for each. */
  readonly runningMb: number;
}

async function memoryOf(
  pictures: readonly string[],
  count: number,
  { chromium, folder, say }: Bench,
): Promise<Memory> {
  if (memoryBelowMb() === null) throw new Error('Memory is measured through /proc, which is Linux’.');
  const own = join(folder, `memory-${count}`);
  const paths = repeat(pictures, count, own);
  const ours = await openOurs(chromium, join(own, 'ours'));
  await ours.pick(paths);
  const idleMb = memoryBelowMb() ?? 0;
  const samples: number[] = [];
  const timer = setInterval(() => {
    samples.push(memoryBelowMb() ?? 0);
  }, sampleEveryMs);
  try {
    const ms = await ours.run(paths);
    const peakMb = Math.max(...samples);
    const usualMb = median(samples.slice(Math.floor(samples.length / 4)));
    const perSecond = ((count / ms) * 1000).toFixed(1);
    say(`${count} images: ${usualMb.toFixed(0)} MB, at most ${peakMb.toFixed(0)} MB, ${perSecond}/s`);
    return { peakMb, usualMb, runningMb: usualMb - idleMb };
  } finally {
    clearInterval(timer);
    await ours.close();
    rmSync(own, { recursive: true, force: true });
  }
}
