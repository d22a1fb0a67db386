import { z } from 'zod';
import { assert } from '../base/assert';
import { knob } from '../core/knobs';
import type { Format, RowsInfo, Writer } from '../core/plugin';
import type { Row } from '../core/row';
import { pandasLines } from './python';
import { knownLines, verifyLines } from './read-back';
import { arrayColumn, type Cell, type Column, columnsOf, fieldsOf, refuseName, tableKnobs } from './table';
import { tensorText } from './tensor-text';
import { createTextFile } from './text-file';

const knobs = z.strictObject({
  ...tableKnobs,
  spreadsheet_safe: knob(z.boolean(), false, {
    label: 'Spreadsheet safe',
    advanced: true,
    help: "Put ' before text that a spreadsheet would run as a formula (= + - @). Off, so that values stay as they are.",
  }),
});

type CsvKnobs = z.output<typeof knobs>;

/**
 * One table a shard by RFC 4180, UTF-8 without a byte order mark. Lines end with `\n`: pandas, Python's csv and
 * spreadsheets read both, while `\r\n` leaves a stray `\r` on the last column in line tools such as grep, awk and git.
 * Missing values are nothing and empty text is `""`, which Python's csv (QUOTE_NOTNULL), pyarrow and databases
 * tell apart.
 */
export const csv: Format<CsvKnobs> = {
  id: 'csv',
  label: 'CSV table',
  extension: 'csv',
  knobs,
  needs: (knobs) => ({ tensor: knobs.image_array, picture: false }),
  refuses: (info) => refuseName(info, 'csv'),
  async open(files, info, knobs): Promise<Writer> {
    const text = createTextFile(await files.createOne(info.name, 'csv'));
    const columns = columnsOf(info);
    await text.add(`${headerLine(columns, knobs)}\n`);
    return {
      async write(rows) {
        for (const row of rows) {
          for (const piece of lineOf(row, columns, knobs)) await text.add(piece);
          await text.add('\n');
        }
      },
      close: () => text.flush(),
    };
  },
  async verify([file], written, info, knobs) {
    const columns = columnsOf(info);
    const known = knownLines(written, 1, ({ row }) => [...lineOf(row, columns, knobs)].join(''));
    known.set(0, headerLine(columns, knobs));
    return verifyLines(file, { count: written.count + 1, quoted: true, known });
  },
  fields: (info) => fieldsOf(columnsOf(info)),
  python: (paths, info) => pandasLines(paths, info, (path) => `pd.read_csv(${path}${csvOptions(info)})`),
};

function headerLine(columns: readonly Column[], knobs: CsvKnobs): string {
  const names = columns.map((column) => column.name);
  if (knobs.image_array) names.push(arrayColumn);
  return names.map((name) => csvField(name, knobs.spreadsheet_safe)).join(',');
}

/** A row's line without its break, in pieces where it holds a tensor. */
function* lineOf(row: Row, columns: readonly Column[], knobs: CsvKnobs): Generator<string, void, undefined> {
  let line = '';
  for (const column of columns) {
    if (line !== '' || column !== columns[0]) line += ',';
    line += csvField(column.value(row), knobs.spreadsheet_safe);
  }
  if (knobs.image_array) {
    assert(row.tensor !== null, 'csv got a row without the tensor that it asked for');
    yield `${line},"`;
    yield* tensorText(row.tensor); // digits and brackets: no quote inside
    line = '"';
  }
  yield line;
}

/** What pandas must be told, or it would take the class "None" for missing, "007" for 7, and round the last digit. */
function csvOptions(info: RowsInfo): string {
  const list = (wanted: readonly Column['kind'][]) =>
    columnsOf(info).flatMap(({ name, kind }) => (wanted.includes(kind) ? [JSON.stringify(name)] : []));
  const texts = list(['text', 'json']);
  const numbers = list(['number']);
  const dtypes = `dtype={name: str for name in [${texts.join(', ')}]}`;
  const missing =
    numbers.length === 0
      ? ''
      : `,\n    na_values={name: [""] for name in [${numbers.join(', ')}]}, float_precision="round_trip"`;
  return `,\n    ${dtypes},\n    keep_default_na=False${missing}`;
}

/** A value as RFC 4180 has it; nothing for what is missing. */
export function csvField(value: Cell, spreadsheetSafe = false): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  const safe = spreadsheetSafe && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return needsQuotes.test(safe) ? quoted(safe) : safe;
}

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

/** Beyond what RFC 4180 asks for: empty text, to differ from missing, and outer white space, which some readers trim. */
const needsQuotes = /[",\r\n]|^$|^\s|\s$/;
