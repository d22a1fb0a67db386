import type { RunReport, RunSnapshot } from '../core/report';

/** Where lines go: standard error, or a test's list. */
export interface Terminal {
  write(text: string): void;
  readonly isTty: boolean;
  readonly columns: number;
}

/** Tells a person how a run goes. */
export interface Progress {
  /** Shows where the run is, and names images that failed since the last time. */
  show(snapshot: RunSnapshot): void;
  /** Writes a line that stays. */
  say(line: string): void;
  /** Takes the changing line away. */
  end(): void;
}

/** A log gains nothing from more lines than this, in milliseconds; with fewer a long run looks dead. */
const plainEveryMs = 5000;

/** Beyond this many named failures the list is for `failures.csv`, not for a terminal. */
const mostNamed = 50;

/**
 * Shows progress in one line that is rewritten on a terminal, and in a line every few seconds anywhere else.
 * @param now Milliseconds.
 */
export function createProgress(
  terminal: Terminal,
  quiet: boolean,
  now: () => number = () => performance.now(),
): Progress {
  let shown = '';
  let named = 0;
  let toldAt = now();
  const clear = () => {
    if (shown !== '') terminal.write('\r\x1b[K');
    shown = '';
  };
  const say = (line: string) => {
    clear();
    terminal.write(`${line}\n`);
  };
  const nameFailures = ({ failed, recentFailures }: RunSnapshot) => {
    const fresh = Math.min(failed - named, recentFailures.length, Math.max(0, mostNamed - named));
    if (fresh > 0) {
      const from = recentFailures.length - (failed - named);
      for (const { key, code, message } of recentFailures.slice(Math.max(0, from)).slice(0, fresh))
        say(`skipped ${key}: ${code}: ${message}`);
    }
    if (failed > mostNamed && named <= mostNamed)
      say('More images are skipped; failures.csv will list all of them.');
    named = Math.max(named, failed);
  };
  return {
    say,
    show(snapshot) {
      nameFailures(snapshot);
      if (quiet) return;
      const line = progressLine(snapshot);
      if (terminal.isTty) {
        const fitted = line.slice(0, Math.max(20, terminal.columns - 1));
        if (fitted === shown) return;
        clear();
        terminal.write(fitted);
        shown = fitted;
      } else if (now() - toldAt >= plainEveryMs) {
        toldAt = now();
        say(line);
      }
    },
    end: clear,
  };
}

/** `62 %  914 of 1,482 · 143/s · 4 s left · 3 skipped`. */
export function progressLine(snapshot: RunSnapshot): string {
  const { phase, total, processed, failed, imagesPerSecond, secondsLeft, shards, shardsDone } = snapshot;
  if (phase === 'listing') return `listing … ${count(total)} images`;
  const finished = processed + failed;
  const percent = total === 0 ? 0 : Math.floor((finished / total) * 100);
  const parts = [`${percent} %  ${count(finished)} of ${count(total)}`];
  if (phase === 'packaging') parts.push('finishing');
  else if (imagesPerSecond > 0) {
    parts.push(`${imagesPerSecond >= 10 ? Math.round(imagesPerSecond) : imagesPerSecond.toFixed(1)}/s`);
    if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  }
  if (shards > 1) parts.push(`shard ${Math.min(shardsDone + 1, shards)} of ${shards}`);
  if (failed > 0) parts.push(`${count(failed)} skipped`);
  return parts.join(' · ');
}

/** What a person wants to know at the end. */
export function summaryLines(report: RunReport, shown: string): string[] {
  const { metrics, rows, bytesOut, failuresByCode, leftOut, imagesPerSecond } = report;
  const skipped = report.failures.length;
  const left = [
    leftOut.hidden > 0 ? `${count(leftOut.hidden)} hidden` : '',
    leftOut.notAnImage > 0 ? `${count(leftOut.notAnImage)} not images` : '',
  ].filter((part) => part !== '');
  return [
    `${metrics.pipeline_status}: ${count(metrics.images_processed)} images, ${count(rows)} rows, ${bytes(bytesOut)} in ${duration(metrics.processing_time_sec)} (${Math.round(imagesPerSecond)}/s) to ${shown}`,
    ...(skipped > 0
      ? [
          `${count(skipped)} skipped: ${Object.entries(failuresByCode)
            .map(([code, number]) => `${number} ${code}`)
            .join(', ')}; failures.csv names them`,
        ]
      : []),
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...(report.earlierFiles.length > 0 ? [earlierLine(report.earlierFiles.map(({ path }) => path))] : []),
  ];
}

function earlierLine(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  const more = paths.length > 3 ? ` and ${count(paths.length - 3)} more` : '';
  return `of an earlier run, and not of this one, there are also: ${shown}${more}; delete them if they are of no use`;
}

const count = (number: number) => number.toLocaleString('en-GB');

function bytes(number: number): string {
  if (number < 1e6) return `${(number / 1e3).toFixed(1)} kB`;
  return number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(2)} GB`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.95 || !Number.isInteger(seconds) ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
