/** One figure beside its peer's, or beside the bound that it must keep. */
export interface Row {
  readonly name: string;
  readonly peer: string;
  /** Null where the work cannot be done yet. */
  readonly ours: number | null;
  readonly theirs: number;
  readonly unit: string;
  /** Over 1 is in our favour. */
  readonly ratio: number | null;
}

/** A row where more is better. */
export function more(name: string, unit: string, ours: number, peer: string, theirs: number): Row {
  return { name, peer, ours: rounded(ours), theirs: rounded(theirs), unit, ratio: rounded(ours / theirs) };
}

/** A row where less is better. */
export function less(name: string, unit: string, ours: number, peer: string, theirs: number): Row {
  const ratio = ours === 0 ? 1000 : theirs / ours; // nothing at all has no ratio; JSON has no infinity
  return { name, peer, ours: rounded(ours), theirs: rounded(theirs), unit, ratio: rounded(ratio) };
}

/** A row whose work only the peer can do. */
export function lacking(name: string, unit: string, peer: string, theirs: number): Row {
  return { name, peer, ours: null, theirs: rounded(theirs), unit, ratio: null };
}

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [
    ['name', 'ours', 'theirs', 'unit', 'peer', 'ratio'],
    ...rows.map((row) => [
      row.name,
      row.ours === null ? 'not decoded' : String(row.ours),
      String(row.theirs),
      row.unit,
      row.peer,
      row.ratio === null ? '-' : row.ratio.toFixed(2),
    ]),
  ];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The middle of the sorted values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
