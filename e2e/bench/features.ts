import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npyValues } from './npy-values';
import { openOurs } from './ours';
import { more, type Row } from './row';
import type { Bench } from './speed';

/**
 * Extracts features of labelled pictures and counts how often a picture's nearest neighbour by cosine, itself left out, has its
 * label; beside it what guessing gives. The same run tells how many pictures a second the extractor measures on one core.
 */
export async function measureFeatures(
  pictures: readonly string[],
  extractors: readonly string[],
  bench: Bench,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const extractor of extractors) {
    const folder = join(bench.folder, `features-${extractor}`);
    mkdirSync(folder);
    const ours = await openOurs(bench.chromium, folder);
    try {
      const { report } = await ours.report(pictures, ['npy'], { features: { extractors: [extractor] } });
      const vectors = npyValues(readFileSync(join(folder, 'features.npy')));
      const labels = npyValues(readFileSync(join(folder, 'labels.npy'))).values;
      const right = nearestLabels(vectors.values, vectors.shape[1], labels);
      const guess = guessedRight(labels);
      rows.push(more(`features-${extractor}-nearest`, 'share right', right, 'guessing', guess));
      const perSecond = (1000 * pictures.length) / report.stageMs.extract;
      bench.say(
        `features-${extractor}: ${(100 * right).toFixed(1)} % right, ${perSecond.toFixed(0)} pictures/s a core`,
      );
      rows.push(
        more(
          `features-${extractor}-speed`,
          'images/s',
          perSecond,
          'decode',
          (1000 * pictures.length) / report.stageMs.decode,
        ),
      );
    } finally {
      await ours.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

/** The share of rows whose nearest other row, by cosine, has their label. */
function nearestLabels(values: ArrayLike<number>, length: number, labels: ArrayLike<number>): number {
  const count = labels.length;
  const norms = Array.from({ length: count }, (_, row) => Math.sqrt(dot(values, row, row, length)));
  let right = 0;
  for (let row = 0; row < count; row++) {
    let best = -1;
    let nearest = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < count; other++) {
      if (other === row) continue;
      const cosine = dot(values, row, other, length) / (norms[row] * norms[other]);
      if (cosine > nearest) [nearest, best] = [cosine, other];
    }
    if (labels[best] === labels[row]) right++;
  }
  return right / count;
}

function dot(values: ArrayLike<number>, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[a * length + i] * values[b * length + i];
  return sum;
}

/** How often a random other row has a row's label. */
function guessedRight(labels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  let pairs = 0;
  for (const count of counts.values()) pairs += count * (count - 1);
  return pairs / (labels.length * (labels.length - 1));
}
