import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { median, more, type Row } from './row';
import { runSharp, sharpVersion } from './theirs';

/** What every measurement is given. */
export interface Bench {
  readonly chromium: string;
  /** For files of its own. */
  readonly folder: string;
  say(line: string): void;
}

/** Pictures to be run over, `count` of them by repetition; 0 takes each once. */
export interface PictureSet {
  readonly name: string;
  readonly pictures: readonly string[];
  readonly count: number;
}

/** Runs ours and sharp in turn over the same files, each warmed once, and compares the medians in images a second. */
export async function compareSpeed(set: PictureSet, bench: Bench & { readonly pairs: number }): Promise<Row> {
  const folder = join(bench.folder, set.name);
  const pictures = repeat(set.pictures, set.count, folder);
  mkdirSync(join(folder, 'ours'));
  const ours = await openOurs(bench.chromium, join(folder, 'ours'));
  const mine: number[] = [];
  const theirs: number[] = [];
  try {
    for (let pair = -1; pair < bench.pairs; pair++) {
      const ms = await ours.run(pictures);
      const peerMs = await runSharp(pictures, join(folder, 'sharp.npy'));
      bench.say(
        `${set.name} ${pair < 0 ? 'warm-up' : `pair ${pair + 1}`}: ours ${rate(ms)}/s, sharp ${rate(peerMs)}/s`,
      );
      if (pair < 0) continue;
      mine.push(ms);
      theirs.push(peerMs);
    }
  } finally {
    await ours.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return more(set.name, 'images/s', perSecond(median(mine)), sharpVersion, perSecond(median(theirs)));

  function perSecond(ms: number): number {
    return (pictures.length / ms) * 1000;
  }
  function rate(ms: number): string {
    return perSecond(ms).toFixed(1);
  }
}
