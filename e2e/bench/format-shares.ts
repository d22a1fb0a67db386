import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { less, median, type Row } from './row';
import type { Bench } from './speed';

const rounds = 3;
const mostPercent = 15;

/**
 * Runs the photographs to each format alone, at 224 pixels and 8 bits, and gives two shares of the run's time, the medians of
 * three runs after a warm-up: the format's writer alone, from its milliseconds a row; and what the write worker did, hashing,
 * reading back and waiting for the target included, of all that the workers did. The share of the time in which the write
 * worker was about it is told beside them: it waits most of it, while the others go on.
 */
export async function measureShares(
  pictures: readonly string[],
  msPerRow: ReadonlyMap<string, number>,
  { chromium, folder, say }: Bench,
): Promise<readonly Row[]> {
  const own = join(folder, 'format-shares');
  const paths = repeat(pictures, 600, own);
  mkdirSync(join(own, 'ours'));
  const ours = await openOurs(chromium, join(own, 'ours'));
  const rows: Row[] = [];
  try {
    for (const [format, writerMs] of msPerRow) {
      const alone: number[] = [];
      const shares: number[] = [];
      const busy: number[] = [];
      const rates: number[] = [];
      for (let round = -1; round < rounds; round++) {
        const { ms, report } = await ours.report(paths, [format]);
        if (round < 0) continue;
        const { write } = report.stageMs;
        const all = Object.values(report.stageMs).reduce((sum, each) => sum + each, 0);
        shares.push((100 * write) / ms);
        busy.push((100 * write) / all);
        alone.push((100 * writerMs * paths.length) / ms);
        rates.push((paths.length / ms) * 1000);
      }
      say(
        `${format}: ${median(rates).toFixed(0)} images/s, writing ${median(shares).toFixed(1)} % of the time, ` +
          `${median(busy).toFixed(1)} % of all work, its writer alone ${median(alone).toFixed(1)} % of the time`,
      );
      rows.push(
        less(`writer-share-${format}`, '% of the run', median(alone), 'the bound', mostPercent),
        less(`write-share-${format}`, '% of all work', median(busy), 'the bound', mostPercent),
      );
    }
  } finally {
    await ours.close();
    rmSync(own, { recursive: true, force: true });
  }
  return rows;
}
