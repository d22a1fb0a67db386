import type { ListRow } from './list-columns';

/** Pieces of a blob's text, so that none is ever held whole: UTF-8, or UTF-16 with its mark. */
export async function* textPieces(blob: Blob, signal: AbortSignal): AsyncGenerator<string> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const utf16 = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null; // biome-ignore format: a table
  const decoder = new TextDecoder(utf16 ?? 'utf-8');
  for (let start = 0; start < blob.size; start += pieceBytes) {
    signal.throwIfAborted();
    const bytes = await blob.slice(start, start + pieceBytes).arrayBuffer();
    yield decoder.decode(bytes, { stream: start + pieceBytes < blob.size });
  }
}

/** Large enough that asking costs nothing, small enough that parsing one piece is a breath's work. */
const pieceBytes = 128 * 1024;

/** Lines without their ends. */
export async function* lines(blob: Blob, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const piece of textPieces(blob, signal)) {
    const parts = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    if (rest.length > longestLine) throw new Error('it has a line of more than 64 MB, and so is no list');
    yield parts;
  }
  if (rest !== '') yield [rest.replace(/\r$/, '')];
}

const longestLine = 64 * 2 ** 20;

/**
 * Rows of a plain list: a link a line, and behind white space its label. Empty lines and those that begin with `#` are
 * passed over.
 */
export async function* plainRows(blob: Blob, signal: AbortSignal): AsyncGenerator<readonly ListRow[]> {
  for await (const some of lines(blob, signal)) {
    yield some.flatMap((line) => {
      const text = line.trim();
      if (text === '' || text.startsWith('#')) return [];
      const [, url = text, label = ''] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
      return [label === '' ? { url } : { url, label }];
    });
  }
}

/** Rows of JSON lines: an object each, or a link as a string. */
export async function* jsonLineRows(blob: Blob, signal: AbortSignal): AsyncGenerator<readonly ListRow[]> {
  for await (const some of lines(blob, signal))
    yield some.filter((line) => line.trim() !== '').map((line) => toRow(parse(line)));
}

/** Rows of a JSON array, of objects or links. JSON can only be read whole, and so has a bound. */
export async function* jsonRows(blob: Blob): AsyncGenerator<readonly ListRow[]> {
  if (blob.size > largestJson)
    throw new Error(
      'it is JSON of more than 64 MB, which can only be read whole: save it as JSON lines or CSV',
    );
  const value = parse(await blob.text());
  if (!Array.isArray(value)) throw new Error('it is JSON, but no array of links or objects');
  for (let start = 0; start < value.length; start += 1000) yield value.slice(start, start + 1000).map(toRow);
}

const largestJson = 64 * 2 ** 20;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // told as what is no link
  }
}

/** Values as text: numbers as JSON writes them, null as nothing. */
export function toRow(value: unknown): ListRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { url: typeof value === 'string' ? value : JSON.stringify(value) };
  return Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, cellText(cell)]));
}

function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === 'bigint') return String(cell);
  return JSON.stringify(cell, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner));
}
