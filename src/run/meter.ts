import { wrongExtension } from '../core/extension';
import type { KeyedFailure } from '../core/failure';
import type { ImageMeta } from '../core/image';
import type { PlannedImage } from '../core/plan';
import { privacyMarks } from '../core/privacy';
import type { DamagedImage, Stage } from '../core/report';
import type { Computed } from '../core/row';

/** Sums over the images of a shard, kept in the checkpoint so that a resumed run reports the whole. */
export interface Tally {
  images: number;
  rows: number;
  augmentedRows: number;
  bytesIn: number;
  /** Oriented pixels, summed. */
  widths: number;
  heights: number;
  /** Images whose files tell of people or places. */
  privacy: Record<(typeof privacyMarks)[number], number>;
  /** Rows by `split` and label id; the last place is unlabelled. */
  balance: Record<string, number[]>;
  failures: KeyedFailure[];
  /** Damaged images that were kept. */
  damaged: DamagedImage[];
  /** Images whose names end in another format's ending. */
  misnamed: number;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    images: 0,
    rows: 0,
    augmentedRows: 0,
    bytesIn: 0,
    widths: 0,
    heights: 0,
    privacy: { gps: 0, serial: 0, owner: 0, faces: 0 },
    balance: {},
    failures: [],
    damaged: [],
    misnamed: 0,
  };
}

/** Counts an image that gave these rows. */
export function countImage(
  tally: Tally,
  image: PlannedImage,
  meta: ImageMeta,
  computed: readonly Pick<Computed, 'copy'>[],
  classes: number,
): void {
  const rows = computed.length;
  tally.images++;
  tally.rows += rows;
  tally.augmentedRows += computed.filter(({ copy }) => copy > 0).length;
  if (meta.damaged !== null) tally.damaged.push({ key: image.ref.key, message: meta.damaged });
  if (wrongExtension(image.ref.key, meta.format) !== null) tally.misnamed++;
  tally.bytesIn += meta.bytes;
  tally.widths += meta.oriented.width;
  tally.heights += meta.oriented.height;
  for (const mark of privacyMarks) if (meta.privacy[mark]) tally.privacy[mark]++;
  tally.balance[image.split] ??= new Array<number>(classes + 1).fill(0);
  tally.balance[image.split][image.labelId < 0 ? classes : image.labelId] += rows;
}

/** Adds tallies up. */
export function sumTallies(tallies: Iterable<Tally>): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    for (const name of summed) sum[name] += tally[name];
    for (const mark of privacyMarks) sum.privacy[mark] += tally.privacy[mark];
    for (const [split, counts] of Object.entries(tally.balance)) {
      sum.balance[split] ??= new Array<number>(counts.length).fill(0);
      counts.forEach((count, i) => {
        sum.balance[split][i] += count;
      });
    }
    sum.failures.push(...tally.failures);
    sum.damaged.push(...tally.damaged);
  }
  return sum;
}

const summed = ['images', 'rows', 'augmentedRows', 'bytesIn', 'widths', 'heights', 'misnamed'] as const;

/** Measures a run as it happens. */
export interface Meter {
  /** Busy milliseconds summed over workers. */
  readonly stageMs: Record<Stage, number>;
  /** Images finished, good or failed, in this session of the run. */
  readonly finished: number;
  finish(count?: number): void;
  /** Stands still while the run is paused. */
  pause(): void;
  resume(): void;
  /** Seconds of running, pauses left out. */
  elapsedSeconds(): number;
  /** Images a second over the last seconds. */
  rate(): number;
  /** Images a second in equal intervals of the whole run, at most 120 of them. */
  throughput(): number[];
}

/** Starts a {@link Meter}; `now` in milliseconds. */
export function createMeter(now: () => number = () => performance.now()): Meter {
  const began = now();
  let pausedAt: number | null = null;
  let pausedMs = 0;
  // Bins of a quarter second that double in width whenever 120 are full: bounded however long a run is.
  let bins: number[] = [];
  let binMs = 250;
  let finished = 0;
  const runningMs = () => (pausedAt ?? now()) - began - pausedMs;
  // The last seconds at their own resolution: the chart's bins grow too wide for a rate.
  let recent: { readonly at: number; readonly finished: number }[] = [{ at: 0, finished: 0 }];
  const meter: Meter = {
    stageMs: { open: 0, decode: 0, transform: 0, extract: 0, write: 0 },
    get finished() {
      return finished;
    },
    finish(count = 1) {
      finished += count;
      const at = runningMs();
      while (at / binMs >= 120) {
        bins = Array.from({ length: 60 }, (_, i) => (bins[2 * i] ?? 0) + (bins[2 * i + 1] ?? 0));
        binMs *= 2;
      }
      const bin = Math.floor(at / binMs);
      while (bins.length <= bin) bins.push(0);
      bins[bin] += count;
      if (at - recent[recent.length - 1].at > 200) recent.push({ at, finished });
      if (recent.length > 32) recent = recent.slice(-24);
    },
    pause() {
      pausedAt ??= now();
    },
    resume() {
      if (pausedAt !== null) pausedMs += now() - pausedAt;
      pausedAt = null;
    },
    elapsedSeconds: () => runningMs() / 1000,
    rate() {
      const at = runningMs();
      const from = recent.find((mark) => at - mark.at <= 5000) ?? recent[recent.length - 1];
      return at - from.at < 200 ? 0 : ((finished - from.finished) / (at - from.at)) * 1000;
    },
    throughput() {
      const at = runningMs();
      return bins.map((count, i) => {
        const ms = Math.min(binMs, at - i * binMs);
        return ms < binMs / 4 ? 0 : (count / ms) * 1000;
      });
    },
  };
  return meter;
}
