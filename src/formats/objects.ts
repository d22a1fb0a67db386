import { assert } from '../base/assert';
import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { arrayColumn, type Cell, columnsOf } from './table';
import { tensorText } from './tensor-text';
import { createTextFile } from './text-file';

/** What stands around and between the objects; an empty table is `before` and `after` alone. */
export interface Framing {
  readonly extension: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
  /** Follows every object. */
  readonly ending: string;
}

/** Opens a shard whose rows are written as JSON objects, each on a line of its own. */
export async function openObjects(
  files: ShardFiles,
  info: RowsInfo,
  imageArray: boolean,
  framing: Framing,
): Promise<Writer> {
  const text = createTextFile(await files.create(info.name, framing.extension));
  const columns = columnsOf(info).map((column, i) => ({
    value: column.value,
    opening: `${i === 0 ? '{' : ','}${JSON.stringify(column.name)}:`,
  }));
  let first = true;
  await text.add(framing.before);
  return {
    async write(rows) {
      for (const row of rows) {
        let line = first ? '' : framing.between;
        first = false;
        for (const { opening, value } of columns) line += opening + cell(value(row));
        if (imageArray) {
          assert(row.tensor !== null, `${framing.extension} got a row without the tensor that it asked for`);
          await text.add(`${line},"${arrayColumn}":`);
          for (const piece of tensorText(row.tensor)) await text.add(piece);
          line = '';
        }
        await text.add(`${line}}${framing.ending}`);
      }
    },
    async close() {
      await text.add(framing.after);
      await text.flush();
    },
  };
}

/** NaN and the infinities, which JSON does not have, become `null`. */
const cell = (value: Cell) => JSON.stringify(value);

/** What pandas must be told, or it would turn "007" into 7, names like `taken_at` into dates, and round the last digit. */
export const pandasJsonOptions = 'dtype=False, convert_dates=False, precise_float=True';
