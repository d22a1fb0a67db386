import type { Departure, Verdict } from './judge';
import type { ManifestRow } from './manifest';

/** A file with its verdict. */
export interface Judged {
  readonly row: ManifestRow;
  readonly verdict: Verdict;
  readonly departures: readonly ExplainedDeparture[];
  /** Milliseconds from asking to having; null without an answer. */
  readonly ms: number | null;
}

export interface ExplainedDeparture extends Departure {
  /** Why it is known and cannot be avoided, or null. */
  readonly because: string | null;
}

/** Files of one format, counted. */
export interface FormatCount {
  readonly format: string;
  /** Files that all take: how many there are, were decoded, had the right sizes, and the right mean colour. */
  readonly valid: number;
  readonly decoded: number;
  readonly sizes: number;
  readonly colour: number;
  /** Decoded files whose colour the manifest can judge. */
  readonly colourJudged: number;
  /** Files that all take without an exception but known ones. */
  readonly right: number;
  /** Files that all refuse: how many there are, and were refused by name. */
  readonly reject: number;
  readonly named: number;
  /** Files that decoders disagree on, and those with a clear outcome. */
  readonly disputed: number;
  readonly clear: number;
  readonly bombs: number;
  readonly defused: number;
  readonly crashes: number;
  readonly hangs: number;
  readonly unnamed: number;
  readonly slowestMs: number;
}

/** Counts the files by format, formats with most valid files first. */
export function countByFormat(files: readonly Judged[]): readonly FormatCount[] {
  const formats = [...new Set(files.map(({ row }) => row.sniff))];
  return formats
    .map((format) =>
      count(
        format,
        files.filter(({ row }) => row.sniff === format),
      ),
    )
    .sort((a, b) => b.valid - a.valid || (a.format < b.format ? -1 : 1));
}

/** Counts files under one name. */
export function count(format: string, files: readonly Judged[]): FormatCount {
  const of = (expected: Verdict['expected']) => files.filter(({ verdict }) => verdict.expected === expected);
  const number = (among: readonly Judged[], fits: (verdict: Verdict) => boolean) =>
    among.filter(({ verdict }) => fits(verdict)).length;
  const has = (about: Departure['about']) => (verdict: Verdict) =>
    verdict.departures.some((departure) => departure.about === about);
  const mishap = (verdict: Verdict) =>
    has('crash')(verdict) || has('hang')(verdict) || has('unnamed')(verdict);
  const valid = of('decoded');
  const [reject, disputed, bombs] = [of('rejected'), of('open'), of('bomb')];
  return {
    format,
    valid: valid.length,
    decoded: number(valid, ({ decoded }) => decoded),
    sizes: number(valid, ({ sizes }) => sizes === true),
    colour: number(valid, ({ colour }) => colour === true),
    colourJudged: number(valid, ({ colour }) => colour !== null),
    right: valid.filter(({ departures }) => departures.every(({ because }) => because !== null)).length,
    reject: reject.length,
    named: number(reject, (verdict) => !verdict.decoded && !mishap(verdict)),
    disputed: disputed.length,
    clear: number(disputed, (verdict) => !mishap(verdict)),
    bombs: bombs.length,
    defused: number(bombs, (verdict) => !mishap(verdict)),
    crashes: number(files, has('crash')),
    hangs: number(files, has('hang')),
    unnamed: number(files, has('unnamed')),
    slowestMs: Math.round(Math.max(0, ...files.map(({ ms }) => ms ?? 0))),
  };
}

/** The counts as a table for people, with a last line of sums. */
export function tableOf(files: readonly Judged[]): string {
  const rows = [...countByFormat(files), count('all', files)].map((each) => [
    each.format,
    share(each.decoded, each.valid),
    share(each.sizes, each.decoded),
    share(each.colour, each.colourJudged),
    share(each.named, each.reject),
    share(each.clear, each.disputed),
    share(each.defused, each.bombs),
    String(each.crashes),
    String(each.hangs),
    String(each.unnamed),
    `${each.slowestMs} ms`,
  ]);
  const head = [
    'format', 'valid decoded', 'sizes, turn', 'mean colour', 'reject named', 'disputed clear', 'bombs clear',
    'crashes', 'hangs', 'unnamed', 'slowest',
  ]; // biome-ignore format: a row
  return aligned([head, ...rows]);
}

const share = (part: number, whole: number) => (whole === 0 ? '-' : `${part}/${whole}`);

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Every departure by its file's name: those without an explanation first. */
export function departuresOf(files: readonly Judged[]): string {
  const all = files.flatMap(({ row, departures }) => departures.map((departure) => ({ row, ...departure })));
  const open = all.filter(({ because }) => because === null);
  const known = all.filter(({ because }) => because !== null);
  const tell = ({ row, about, expected, seen }: (typeof all)[number]) =>
    `  ${row.relpath}\n    ${about}: expected ${expected}; seen ${seen}`;
  return [
    `${open.length} exceptions`,
    ...open.map(tell),
    `${known.length} known exceptions`,
    ...known.map((each) => `${tell(each)}\n    known: ${each.because}`),
  ].join('\n');
}
