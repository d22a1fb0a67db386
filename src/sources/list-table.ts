import type { ParseResult } from 'papaparse';
import { startBreath } from '../base/breathe';
import { nameLink } from './link-keys';
import type { ListRow } from './list-columns';
import { textPieces, toRow } from './list-text';

/**
 * Rows of CSV (RFC 4180; also with semicolons or tabs), parsed piece by piece. Without a header, which is a first row that
 * holds a link, the columns are called `url` and `label` where there are two, else `url` and `column 2`, by their places.
 */
export async function* csvRows(blob: Blob, signal: AbortSignal): AsyncGenerator<readonly ListRow[]> {
  const { default: papa } = await import('papaparse');
  let text = '';
  let columns: readonly string[] | null = null;
  let parser: { parse(text: string, base: number, ignoreLastRow: boolean): ParseResult<string[]> } | null =
    null;
  const take = (last: boolean): readonly ListRow[] => {
    parser ??= new papa.Parser({ delimiter: delimiterOf(text), newline: newlineOf(text) }); // of the first piece
    const { data, meta } = parser.parse(text, 0, !last);
    text = last ? '' : text.slice(meta.cursor);
    if (text.length > longestRow) throw new Error('it has a quote that is not closed');
    const rows = data.filter((cells) => cells.some((cell) => cell.trim() !== ''));
    const [first] = rows;
    if (columns === null && first !== undefined) {
      columns = inventNames(first);
      columns ??= rows.shift()?.map((name) => name.trim()) ?? null;
    }
    const names = columns ?? [];
    return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
  };
  for await (const piece of textPieces(blob, signal)) {
    text += piece;
    if (parser === null && !/[\r\n]/.test(text)) continue; // the header is not there yet
    yield take(false);
  }
  yield take(true);
}

/** Names for the columns of a table whose first row is one of links; null where it is a header. */
function inventNames(first: readonly string[]): readonly string[] | null {
  const link = first.findIndex((cell) => nameLink(cell.trim()) !== null);
  if (link < 0) return null;
  const other = (i: number) => (first.length === 2 ? 'label' : `column ${i + 1}`);
  return first.map((_, i) => (i === link ? 'url' : other(i)));
}

const longestRow = 16 * 2 ** 20;

/** What stands most often in the header, outside quotes. */
function delimiterOf(text: string): string {
  const header = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).mark;
}

const newlineOf = (text: string) => (/\r\n|\n|\r/.exec(text)?.[0] ?? '\n') as '\r\n' | '\n' | '\r';

/** Rows of a Parquet file: of each row group every column is read once, and its rows are given a thousand at a time. */
export async function* parquetRows(blob: Blob, signal: AbortSignal): AsyncGenerator<readonly ListRow[]> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const file = {
    byteLength: blob.size,
    slice: (start: number, end?: number) => blob.slice(start, end).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(file);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const breath = startBreath(signal);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const rowEnd = rowStart + rows;
    const columns: (readonly [string, readonly unknown[]])[] = [];
    for (const name of names) {
      const values: unknown[] = [];
      const onChunk = ({ columnData }: { readonly columnData: ArrayLike<unknown> }) => {
        for (let i = 0; i < columnData.length; i++) values.push(columnData[i]);
      };
      await parquetRead({ file, metadata, columns: [name], rowStart, rowEnd, onChunk });
      columns.push([name, values]);
      await breath.take(); // whoever stands behind it in the queue waits for one column, not for all
    }
    for (let at = 0; at < rows; at += parquetStep) {
      const count = Math.min(parquetStep, rows - at);
      yield Array.from({ length: count }, (_, i) =>
        toRow(Object.fromEntries(columns.map(([name, values]) => [name, values[at + i]]))),
      );
    }
    rowStart = rowEnd;
  }
}

/** A breath's work. */
const parquetStep = 1000;
