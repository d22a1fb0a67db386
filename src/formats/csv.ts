import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { pandasLines } from './python';
import { type Column, columnsOf, fieldsOf, refuseName, tableKnobs } from './table';
import { vectorsOf } from './vectors';

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
 * tell apart. A vector is one cell, a JSON list: hundreds of columns of their own would drown the table.
 */
export const csv: Format<CsvKnobs> = {
  id: 'csv',
  label: 'CSV table',
  extension: 'csv',
  knobs,
  needs: (knobs) => ({ tensor: knobs.image_array, picture: false }),
  refuses: (info) => refuseName(info, 'csv'),
  async open(files, info, knobs) {
    const { openCsv } = await import('./csv-writer');
    return openCsv(files, info, knobs);
  },
  async verify([file], written, info, knobs) {
    const { verifyCsv } = await import('./csv-writer');
    return verifyCsv(file, written, info, knobs);
  },
  fields: (info) => fieldsOf(info, columnsOf(info), false),
  python: (paths, info) =>
    pandasLines(paths, info, (path) => `pd.read_csv(${path}${csvOptions(info)})`, 'texts'),
};

/** What pandas must be told, or it would take the class "None" for missing, "007" for 7, and round the last digit. */
function csvOptions(info: RowsInfo): string {
  const list = (wanted: readonly Column['kind'][]) =>
    columnsOf(info).flatMap(({ name, kind }) => (wanted.includes(kind) ? [JSON.stringify(name)] : []));
  const vectors = vectorsOf(info).map(({ column }) => JSON.stringify(column));
  const texts = [...list(['text', 'json']), ...vectors];
  const numbers = list(['number']);
  const dtypes = `dtype={name: str for name in [${texts.join(', ')}]}`;
  const missing =
    numbers.length === 0
      ? ''
      : `,\n    na_values={name: [""] for name in [${numbers.join(', ')}]}, float_precision="round_trip"`;
  return `,\n    ${dtypes},\n    keep_default_na=False${missing}`;
}
