import { assert } from '../base/assert';
import { joinBytes } from '../base/join-bytes';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { imageName, type ParquetColumn, parquetColumns } from './parquet-columns';
import { openParquet } from './parquet-file';
import { loadDecompression, loadParquet } from './parquet-library';
import type { ParquetChoice } from './parquet-writer';
import { orDamaged, sameBytes } from './read-back';
import { tensorNumbers } from './tensor-numbers';

/**
 * Reads one shard's table back with hyparquet: its count, its columns' names and types and what libraries are told of them
 * by the footer, every column of the sampled rows, and the image of the last, and of the first where images are pictures:
 * each costs a whole row group's images.
 */
export async function verifyParquet(
  file: CommittedFile,
  { count, sample }: WrittenRows,
  info: RowsInfo,
  { image, compression }: ParquetChoice,
): Promise<Fault | null> {
  const wrong = (problem: string): Fault => ({ path: file.path, problem });
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const compressors = await loadDecompression(compression);
  const columns = parquetColumns(info);
  const wanted = await parquetMetadataAsync(bufferOf(await emptyTable(columns, info, image)));
  return orDamaged(file, 'Parquet', Error, async (file) => {
    const source = bufferOf(file);
    const metadata = await parquetMetadataAsync(source);
    if (Number(metadata.num_rows) !== count)
      return wrong(`holds ${metadata.num_rows} rows instead of ${count}`);
    if (JSON.stringify(metadata.schema) !== JSON.stringify(wanted.schema))
      return wrong('has other columns, or columns of other types');
    if (JSON.stringify(metadata.key_value_metadata) !== JSON.stringify(wanted.key_value_metadata))
      return wrong('tells other features of its columns');
    const read = async (names: readonly string[], start: number, end: number) =>
      parquetReadObjects({
        file: source,
        metadata,
        compressors,
        utf8: false,
        columns: [...names],
        rowStart: start,
        rowEnd: end,
      });
    let before = 0;
    for (const { num_rows } of metadata.row_groups) {
      const end = before + Number(num_rows);
      const entries = sample.filter(({ at }) => at >= before && at < end);
      before = end;
      if (entries.length === 0) continue;
      // Together: of whatever rows, a group's columns are read whole.
      const first = entries[0].at;
      const names = columns.map(({ name }) => name);
      const found = await read(names, first, entries[entries.length - 1].at + 1);
      for (const { at, row } of entries) {
        const other = columns.find((column) => !holdsCell(found[at - first], column, row));
        if (other !== undefined) return wrong(`holds another ${other.name} in row ${at} (${row.key})`);
      }
    }
    if (before !== count) return wrong(`has row groups of ${before} rows instead of ${count}`);
    if (image === 'none') return null;
    const looks =
      image === 'picture' ? [...sample.slice(0, 1), ...sample.slice(1).slice(-1)] : sample.slice(-1);
    for (const { at, row } of looks) {
      const [found] = await read([imageName], at, at + 1);
      if (!holdsImage(found[imageName], row, image))
        return wrong(`holds another image in row ${at} (${row.key})`);
    }
    return null;
  });
}

/** A file as hyparquet reads it. */
const bufferOf = ({ bytes, read }: Pick<CommittedFile, 'bytes' | 'read'>) => ({
  byteLength: bytes,
  slice: async (start: number, end: number = bytes) => {
    const piece = await read(start, end);
    return piece.slice().buffer as ArrayBuffer; // what is read is never shared memory
  },
});

/** A table without rows, whose footer tells what any table of this kind must tell. */
async function emptyTable(columns: readonly ParquetColumn[], info: RowsInfo, image: ParquetChoice['image']) {
  const pieces: Uint8Array[] = [];
  const file = {
    path: '',
    write: async (piece: Uint8Array) => void pieces.push(piece.slice()),
    patch: async () => assert(false, 'parquet patches what it wrote'),
  };
  await (await openParquet(await loadParquet(), file, columns, info, image, null)).close();
  const whole = joinBytes(pieces);
  return { bytes: whole.length, read: async (start: number, end: number) => whole.subarray(start, end) };
}

/** Compares as the values are given to the writer. */
function holdsCell(found: Readonly<Record<string, unknown>>, column: ParquetColumn, row: Row): boolean {
  const [wanted] = column.data([column.value(row)]);
  return (found[column.name] ?? null) === wanted;
}

function holdsImage(found: unknown, row: Row, image: ParquetChoice['image']): boolean {
  if (image === 'picture') {
    assert(row.picture !== null, `parquet has no picture to compare for ${row.key}`);
    const { bytes } = found as { readonly bytes: Uint8Array }; // the struct that the writer made
    return sameBytes(Uint8Array.from(bytes), row.picture.bytes);
  }
  assert(row.tensor !== null, `parquet has no tensor to compare for ${row.key}`);
  const wanted = tensorNumbers(row.tensor);
  const got = found as ArrayLike<number>; // a list of the values
  return got.length === wanted.length && wanted.every((value, i) => Object.is(got[i], value));
}
