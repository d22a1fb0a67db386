import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { median, more, type Row } from './row';
import type { Bench, PictureSet } from './speed';

/**
 * Runs ours and Pillow with NumPy in turn over the same files: covered to 224 x 224, a copy with four augmentations beside each,
 * normalised as ImageNet has it, in float32. Pillow does it in as many processes as there are cores, once as pipelines are
 * written and once with `draft`, by which it decodes JPEGs at a reduced scale as ours does. Compares the medians in rows a second.
 */
export async function compareAugmentation(
  set: PictureSet,
  bench: Bench & { readonly pairs: number },
): Promise<readonly Row[]> {
  const folder = join(bench.folder, `augment-${set.name}`);
  // Two rows of 600 kB a picture: fewer pictures take as long.
  const pictures = repeat(set.pictures, Math.ceil(set.count / 3), folder);
  mkdirSync(join(folder, 'ours'));
  const listing = join(folder, 'listing.txt');
  writeFileSync(listing, pictures.join('\n'));
  const ours = await openOurs(bench.chromium, join(folder, 'ours'));
  const mine: number[] = [];
  const theirs = { full: [] as number[], draft: [] as number[] };
  let version = '';
  try {
    for (let pair = -1; pair < bench.pairs; pair++) {
      const { ms, report } = await ours.report(pictures, ['npy'], recipe);
      if (report.rows !== 2 * pictures.length) throw new Error(`ours gave ${report.rows} rows`);
      if (pair >= 0) mine.push(ms);
      const told = [`ours ${rate(ms)}/s`];
      for (const decode of ['full', 'draft'] as const) {
        const found = runPillow(listing, join(folder, 'pillow.npy'), decode);
        if (found === null) return [];
        version = `Pillow ${found.pillow}, ${found.cores} processes`;
        if (pair >= 0) theirs[decode].push(found.ms);
        told.push(`Pillow (${decode}) ${rate(found.ms)}/s`);
      }
      bench.say(`augment-${set.name} ${pair < 0 ? 'warm-up' : `pair ${pair + 1}`}: ${told.join(', ')}`);
    }
  } finally {
    await ours.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const row = (decode: 'full' | 'draft', name: string) =>
    more(name, 'rows/s', rowsPerSecond(median(mine)), version, rowsPerSecond(median(theirs[decode])));
  return [row('full', `augment-${set.name}`), row('draft', `augment-${set.name}-draft`)];

  function rowsPerSecond(ms: number): number {
    return ((2 * pictures.length) / ms) * 1000;
  }
  function rate(ms: number): string {
    return rowsPerSecond(ms).toFixed(1);
  }

  function runPillow(listing: string, output: string, decode: 'full' | 'draft') {
    const python = process.env.IMAGEMILL_PYTHON ?? join(process.cwd(), '.venv/bin/python');
    const script = fileURLToPath(new URL('augment.py', import.meta.url));
    const done = spawnSync(python, [script, listing, output, decode], { encoding: 'utf8' });
    if (done.status !== 0) {
      bench.say(
        `No peer: ${python} ended with ${done.status}; npm run test:interop installs it. ${done.stderr ?? ''}`,
      );
      return null;
    }
    const { pillow, cores, ms } = JSON.parse(done.stdout);
    return { pillow: String(pillow), cores: Number(cores), ms: Number(ms) };
  }
}

/** What `augment.py` does; the steps are the defaults, written out so that both stay the same when those change. */
const recipe = {
  normalise: { values: 'imagenet', dtype: 'float32' },
  augment: {
    enabled: true,
    copies: 1,
    splits: ['train', 'validation', 'test'],
    steps: [
      { 'flip-horizontal': { probability: 0.5 } },
      { rotate: { degrees: 15 } },
      { 'random-resized-crop': { smallest: 0.8 } },
      { brightness: { amount: 0.2 } },
    ],
  },
};
