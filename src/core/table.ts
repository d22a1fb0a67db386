import type { ParseResult, Parser } from 'papaparse';
import { forEachBreathing, startBreath } from '../base/breathe';
import { RecipeError } from './failure';

/** A sidecar table as it was read. */
export interface Table {
  readonly key: string;
  /** Names of its columns, in its order. */
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** What was passed over, in sentences. */
  readonly notes: readonly string[];
}

/** The column that says which image a row is about, after the Hugging Face convention (ImageFolder). */
export const fileNameColumn = 'file_name';

/**
 * Reads `metadata.csv` (RFC 4180; also with a byte order mark, semicolons or tabs, as spreadsheets write it) or
 * `metadata.jsonl` (an object a line). Values are text: numbers as JSON writes them, null as nothing.
 * @throws RecipeError at `labels.from` when it is no such table or has no `file_name` column.
 */
export async function readTable(key: string, file: Blob, signal?: AbortSignal): Promise<Table> {
  if (file.size > largestTable)
    throw wrongTable(
      `the table ${key} has ${file.size} bytes, more than the ${largestTable} that fit; split it`,
    );
  const bytes = await file.arrayBuffer().catch((error: Error) => {
    throw wrongTable(`the table ${key} cannot be read (${error.message}); choose the folder again`);
  });
  signal?.throwIfAborted();
  const table = key.toLowerCase().endsWith('.jsonl')
    ? await readJsonLines(key, decodeText(key, bytes), signal)
    : await readCsv(key, decodeText(key, bytes), signal);
  if (!table.columns.includes(fileNameColumn)) {
    const seen = table.columns.map((name) => JSON.stringify(name)).join(', ') || 'none';
    throw wrongTable(
      `the table ${key} has no column ${fileNameColumn}; its columns are ${seen}. Name the column with the paths ${fileNameColumn}`,
    );
  }
  return table;
}

/** A label table is text of the listing's own size; beyond this the page's memory is at stake. */
const largestTable = 512 * 2 ** 20;

function wrongTable(message: string): RecipeError {
  return new RecipeError([{ path: 'labels.from', message }]);
}

function decodeText(key: string, bytes: ArrayBuffer): string {
  const head = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  const utf16 =
    head[0] === 0xff && head[1] === 0xfe
      ? 'utf-16le'
      : head[0] === 0xfe && head[1] === 0xff
        ? 'utf-16be'
        : null;
  try {
    return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes); // takes the byte order mark off
  } catch {
    throw wrongTable(`the table ${key} is not UTF-8 text; save it as UTF-8`);
  }
}

async function readCsv(key: string, text: string, signal: AbortSignal | undefined): Promise<Table> {
  const { default: papa } = await import('papaparse');
  const header = (delimiter: string) =>
    papa.parse<string[]>(text.slice(0, longestHeader), { delimiter, preview: 1, skipEmptyLines: 'greedy' })
      .data[0] ?? [];
  const delimiter = [',', ';', '\t'].find((each) => header(each).includes(fileNameColumn)) ?? ',';
  const columns = header(delimiter);
  const breath = startBreath(signal);
  const rows: Record<string, string>[] = [];
  let ragged = 0;
  let unclosed = false;
  await new Promise<void>((resolve, reject) => {
    papa.parse<string[]>(text, {
      delimiter,
      skipEmptyLines: 'greedy',
      chunkSize,
      chunk({ data, errors }: ParseResult<string[]>, parser: Parser) {
        unclosed ||= errors.some(({ type }) => type === 'Quotes');
        for (const cells of data) {
          if (cells.length !== columns.length) ragged++;
          rows.push(Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ''])));
        }
        if (!breath.due()) return;
        parser.pause();
        breath
          .take()
          .then(() => parser.resume())
          .catch(reject);
      },
      complete: () => resolve(),
    });
  });
  rows.shift(); // the header
  const notes: string[] = [];
  if (ragged > 0)
    notes.push(
      `In ${key}, ${count(ragged, 'row')} with more or fewer cells than the header’s ${columns.length}.`,
    );
  if (unclosed) notes.push(`${key} has a quote that is not closed or not doubled; look at its last rows.`);
  return { key, columns, rows, notes };
}

/** Characters; papaparse would otherwise split the whole text into lines to find the first. */
const longestHeader = 2 ** 20;

/** Characters of CSV parsed between two looks at the clock: about a millisecond. */
const chunkSize = 64 * 1024;

async function readJsonLines(key: string, text: string, signal: AbortSignal | undefined): Promise<Table> {
  const columns = new Set<string>();
  const rows: Readonly<Record<string, string>>[] = [];
  const broken: number[] = [];
  await forEachBreathing(
    linesOf(text),
    (line, index) => {
      if (line.trim() === '') return;
      const row = parseRow(line);
      if (row === null) return void broken.push(index + 1);
      for (const name of Object.keys(row)) columns.add(name);
      rows.push(row);
    },
    signal,
  );
  const notes =
    broken.length > 0
      ? [
          `Passed over in ${key}: ${count(broken.length, 'line')} that ${broken.length === 1 ? 'is no JSON object' : 'are no JSON objects'}, first line ${broken[0]}.`,
        ]
      : [];
  return { key, columns: [...columns], rows, notes };
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** A row's values as text; null for a line that is not a JSON object. */
function parseRow(line: string): Readonly<Record<string, string>> | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, cell]) => [
      name,
      typeof cell === 'string' ? cell : cell === null ? '' : JSON.stringify(cell),
    ]),
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
