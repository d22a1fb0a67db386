import { Bug } from '../base/assert';
import { joinBytes } from '../base/join-bytes';
import type { CommittedFile, Fault, WrittenRows } from '../core/plugin';

/**
 * Runs a check of a file, which reads the file that it is given. What it throws is a fault: what is damaged may be damaged in
 * any way, and views throw RangeErrors as readers do. Bugs and what `read` throws (the target's RunErrors) come out as they
 * are, and so do errors of other kinds than `damage`, which is Error where a library reads.
 */
export async function orDamaged(
  file: CommittedFile,
  what: string,
  damage: typeof Error | typeof RangeError,
  check: (file: CommittedFile) => Promise<Fault | null>,
): Promise<Fault | null> {
  let failed: { readonly error: unknown } | null = null;
  const read: CommittedFile['read'] = async (start, end) => {
    try {
      return await file.read(start, end);
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  };
  const failure = () => failed; // set by then, which the compiler does not see
  try {
    return await check({ ...file, read });
  } catch (error) {
    // A stream between may have made another of it.
    if (failure() !== null) throw failure()?.error;
    if (error instanceof Bug || !(error instanceof damage)) throw error;
    return { path: file.path, problem: `cannot be read as ${what}: ${error.message}` };
  }
}

/**
 * Reads a file in pages, of which it keeps the last: for many short reads that lie near one another, each of which would
 * be a request on the command line. What is longer than a page is read as it is asked for.
 */
export function inPages(file: Pick<CommittedFile, 'read'>): CommittedFile['read'] {
  const pages = new Map<number, Uint8Array>();
  const pageAt = async (start: number) => {
    const page = pages.get(start) ?? (await file.read(start, start + pageBytes));
    pages.delete(start); // the one that was used last comes last
    pages.set(start, page);
    for (const oldest of pages.keys()) if (pages.size > mostPages) pages.delete(oldest);
    return page;
  };
  return async (start, end) => {
    if (end - start > pageBytes) return file.read(start, end);
    const first = start - (start % pageBytes);
    const piece = (await pageAt(first)).subarray(start - first, end - first);
    const second = first + pageBytes;
    if (end <= second) return piece;
    return joinBytes([piece, (await pageAt(second)).subarray(0, end - second)]);
  };
}

/** Larger pages bring more that nobody asks for, smaller ones take more requests. */
const pageBytes = 256 * 1024;

/** More hold more memory; with fewer, the next row's reads find less of the one before. */
const mostPages = 32;

/** Compares two pieces of a file. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Compares `wanted` with what a file holds from `at` on; `what` is named when they differ, like `row 12`. */
export async function differsAt(
  file: Pick<CommittedFile, 'path' | 'read'>,
  at: number,
  wanted: Uint8Array,
  what: string,
): Promise<Fault | null> {
  const got = await file.read(at, at + wanted.length);
  return sameBytes(got, wanted) ? null : { path: file.path, problem: `holds other bytes for ${what}` };
}

/** What the lines of a text file must be. */
export interface ExpectedLines {
  readonly count: number;
  /** True when a line break between double quotes ends no line (csv). */
  readonly quoted: boolean;
  /** Lines by their number from 0, without their break. */
  readonly known: ReadonlyMap<number, string>;
}

/** Where the sampled rows' lines stand when the first row's is line `first`. */
export function knownLines(
  written: WrittenRows,
  first: number,
  lineOf: (entry: WrittenRows['sample'][number]) => string,
): Map<number, string> {
  return new Map(written.sample.map((entry) => [entry.at + first, lineOf(entry)]));
}

/**
 * Reads a text file back: counts its lines and compares those that are known. Of a file too large to be read again only
 * the lines at its two ends are compared.
 */
export async function verifyLines(file: CommittedFile, expected: ExpectedLines): Promise<Fault | null> {
  if (file.bytes > mostReadBytes) return verifyEnds(file, expected);
  const { path } = file;
  let count = 0;
  let quoted = false;
  let line: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < file.bytes; at += pieceBytes) {
    const piece = await file.read(at, Math.min(file.bytes, at + pieceBytes));
    let start = 0;
    for (let i = 0; i < piece.length; i++) {
      if (piece[i] === quote && expected.quoted) quoted = !quoted;
      if (piece[i] !== lineFeed || quoted) continue;
      const known = expected.known.get(count);
      if (known !== undefined) {
        line.push(piece.subarray(start, i));
        if (!sameBytes(line.length === 1 ? line[0] : joinBytes(line), encoder.encode(known)))
          return otherLine(path, count);
      }
      line = [];
      start = i + 1;
      count++;
    }
    if (expected.known.has(count)) line.push(piece.subarray(start));
  }
  return count === expected.count
    ? null
    : { path, problem: `has ${count} lines instead of ${expected.count}` };
}

async function verifyEnds(file: CommittedFile, { count, known }: ExpectedLines): Promise<Fault | null> {
  const encoder = new TextEncoder();
  let head = '';
  for (let i = 0; known.has(i) && head.length < endBytes; i++) head += `${known.get(i)}\n`;
  const wantedHead = encoder.encode(head).subarray(0, endBytes);
  const first = await differsAt(file, 0, wantedHead, 'its first lines');
  if (first !== null) return first;
  let tail = '';
  for (let i = count - 1; known.has(i) && tail.length < endBytes; i--) tail = `${known.get(i)}\n${tail}`;
  const wantedTail = encoder.encode(tail).subarray(-endBytes);
  return differsAt(file, file.bytes - wantedTail.length, wantedTail, 'its last lines');
}

const otherLine = (path: string, line: number): Fault => ({
  path,
  problem: `holds another text in line ${line + 1}`,
});

const quote = 0x22;
const lineFeed = 0x0a;

/** Read at once. */
const pieceBytes = 4 * 2 ** 20;

/** Above it a file is not read whole again: on the command line that would be as dear as writing it. */
export const mostReadBytes = 64 * 2 ** 20;

/** Compared of either end of a larger file. */
const endBytes = 2 ** 20;
