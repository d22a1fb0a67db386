import { forEachBreathing, startBreath } from '../base/breathe';
import { RunError } from '../core/failure';
import type { ImageRef, LinkOrigin, Listed } from '../core/image';
import type { Grants } from '../core/plugin';
import { redactText } from '../core/redact';
import { readSignedUrl } from '../core/signed-url';
import { kindByName } from './classify';
import { type Refreshed, refreshLinks } from './fresh-links';
import { type LinkName, linkKeys, nameLink } from './link-keys';
import { type ColumnKnobs, chooseColumns, type ListColumns, type ListRow, quoteColumn } from './list-columns';
import { csvRows, parquetRows } from './list-table';
import { jsonLineRows, jsonRows, lines, plainRows } from './list-text';

/** Lists the links of the granted lists, after a note on how each was read. Throws a RunError `list` naming one that cannot be used. */
export async function* listLinks(
  knobs: ColumnKnobs,
  { lists = [], freshLists = [] }: Grants,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const found: Found[] = [];
  for (const list of lists) {
    const { columns, count } = await readList(list, knobs, found, signal);
    yield { kind: 'note', text: tellColumns(list.name, count, columns) };
  }
  const { urls, notes } = await refresh(found, freshLists, signal);
  for (const text of notes) yield { kind: 'note', text };
  const names: (LinkName | null)[] = [];
  await forEachBreathing(found, ({ url }) => names.push(nameLink(url)), signal);
  if (found.length > 0 && names.every((name) => name === null))
    throw unreadable(lists[0].name, 'it holds no links. Links begin with https://, http:// or data:');
  const keys = await linkKeys(names, signal);
  for (const [i, { row, columns }] of found.entries()) {
    const ref = toRef(keys[i], urls[i], row, columns);
    if (kindByName(names[i]?.path ?? '') !== 'archive') yield { kind: 'image', ref };
    else {
      const { origin: link, ...rest } = ref;
      yield { kind: 'archive', link, ...rest };
    }
  }
}

interface Found {
  readonly url: string;
  readonly row: ListRow;
  readonly columns: ListColumns;
}

/** Every column found by its name and its values. */
const foundColumns: ColumnKnobs = { url_column: '', label_column: '', md5_column: '', sha256_column: '' };

/** The links that take the place of those found, and the notes on it. */
async function refresh(
  found: readonly Found[],
  lists: NonNullable<Grants['lists']>,
  signal: AbortSignal,
): Promise<Refreshed> {
  const urls = found.map(({ url }) => url);
  if (lists.length === 0) return { urls, notes: [] };
  const fresh: string[][] = [];
  for (const list of lists) {
    const some: Found[] = [];
    await readList(list, foundColumns, some, signal);
    fresh.push(some.map(({ url }) => url));
  }
  return refreshLinks(urls, fresh, signal);
}

/** Reads a list into `found`, which is all that is held of it; says of one that cannot be used why. */
async function readList(
  list: NonNullable<Grants['lists']>[number],
  knobs: ColumnKnobs,
  found: Found[],
  signal: AbortSignal,
): Promise<{ readonly columns: ListColumns; readonly count: number }> {
  try {
    return await readRows(list.name, list.file, knobs, found, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(list.name, error instanceof Error ? error.message : String(error));
  }
}

async function readRows(
  name: string,
  file: Blob,
  knobs: ColumnKnobs,
  found: Found[],
  signal: AbortSignal,
): Promise<{ readonly columns: ListColumns; readonly count: number }> {
  const breath = startBreath(signal);
  const before = found.length;
  let columns: ListColumns | null = null;
  for await (const rows of await rowsOf(name, file, signal)) {
    if (rows.length === 0) continue;
    if (columns === null) {
      const sample = rows.slice(0, 200);
      const chosen = chooseColumns([...new Set(sample.flatMap(Object.keys))], sample, knobs);
      if (typeof chosen === 'string') throw new Error(`it ${chosen}`);
      columns = chosen;
    }
    for (const row of rows) {
      const url = (row[columns.url] ?? '').trim();
      if (url !== '') found.push({ url, row, columns });
    }
    if (breath.due()) await breath.take();
  }
  if (columns === null) throw new Error('it is empty');
  return { columns, count: found.length - before };
}

/** Tells what a list is by its first bytes, and a table by the ending of its name or its first line. */
async function rowsOf(
  name: string,
  file: Blob,
  signal: AbortSignal,
): Promise<AsyncIterable<readonly ListRow[]>> {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1].toLowerCase() ?? '';
  if ((await file.slice(0, 4).text()) === 'PAR1') return parquetRows(file, signal);
  const first = await firstLine(file, signal);
  if (first.startsWith('[')) return jsonRows(file);
  if (first.startsWith('{') || isJsonLink(first)) return jsonLineRows(file, signal);
  if (['csv', 'tsv', 'tab'].includes(ending) || isTableRow(first)) return csvRows(file, signal);
  return plainRows(file, signal);
}

function isJsonLink(line: string): boolean {
  if (!/^"(https?|data):/i.test(line)) return false;
  try {
    return typeof JSON.parse(line) === 'string';
  } catch {
    return false; // a table whose first cell is quoted
  }
}

/** True for a header or a row of several cells. A link may hold commas itself: it ends at one only where that is certain. */
function isTableRow(line: string): boolean {
  if (nameLink(line) === null) return /[,;\t]/.test(line);
  const [, link, rest] = /^([^,;\t]+)[,;\t]([^/?&=]*)$/.exec(line) ?? [];
  if (link === undefined || rest === undefined) return false;
  const named = nameLink(link.trim());
  const isWhole = named !== null && !link.includes('?') && kindByName(named.path) === 'image';
  // Who signs a link encodes the commas in it.
  return isWhole || readSignedUrl(link) !== null || /^[^,;]*\t/.test(line);
}

async function firstLine(file: Blob, signal: AbortSignal): Promise<string> {
  for await (const some of lines(file, signal)) {
    const line = some.find((each) => each.trim() !== '');
    if (line !== undefined) return line.trim();
  }
  return '';
}

function toRef(
  key: string,
  url: string,
  row: ListRow,
  columns: ListColumns,
): ImageRef & { readonly origin: LinkOrigin } {
  const own = new Set<string | null>([columns.url, columns.label, columns.md5, columns.sha256]);
  const others = Object.entries(row).filter(([name]) => name !== '' && !own.has(name));
  const md5 = readHash(columns.md5 === null ? '' : row[columns.md5], 32);
  const sha256 = readHash(columns.sha256 === null ? '' : row[columns.sha256], 64);
  return {
    key,
    origin: { kind: 'link', url, ...(md5 && { md5 }), ...(sha256 && { sha256 }) },
    bytes: null,
    modified: null,
    ...(columns.label !== null && { label: row[columns.label]?.trim() || null }),
    // A further column may hold a signed link of its own.
    ...(others.length > 0 && {
      columns: Object.fromEntries(others.map(([name, cell]) => [redactText(name), redactText(cell)])),
    }),
  };
}

/** Hex of so many digits, or the base64 that storage services write; undefined for anything else. */
function readHash(text: string | undefined, digits: 32 | 64): string | undefined {
  const value = text?.trim() ?? '';
  if (value.length === digits && /^[0-9a-f]+$/i.test(value)) return value.toLowerCase();
  if (!/^[A-Za-z0-9+/]+=*$/.test(value) || value.length !== Math.ceil(digits / 6) * 4) return undefined;
  const hex = Array.from(atob(value), (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join(
    '',
  );
  return hex.length === digits ? hex : undefined;
}

function tellColumns(name: string, count: number, { url, label, md5, sha256 }: ListColumns): string {
  const parts = [
    `links from ${quoteColumn(url)}`,
    label === null ? null : `labels from ${quoteColumn(label)}`,
    md5 === null ? null : `MD5 from ${quoteColumn(md5)}`,
    sha256 === null ? null : `SHA-256 from ${quoteColumn(sha256)}`,
  ].filter((part) => part !== null);
  return `${name}: ${count} links; ${parts.join(', ')}.`;
}

const unreadable = (name: string, why: string): RunError =>
  new RunError('list', `The list ${JSON.stringify(name)} cannot be used: ${why}.`);
