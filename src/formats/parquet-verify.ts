import { assert } from '../base/assert';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { imageName, parquetColumns } from './parquet-columns';
import { loadDecompression } from './parquet-library';
import type { ParquetChoice } from './parquet-writer';
import { sameBytes } from './read-back';
import { tensorNumbers } from './tensor-numbers';
import { vectorsOf } from './vectors';

/**
 * Reads one shard's table back with hyparquet: its columns and its count by the footer, name and label of the sampled
 * rows, and the image of the last, and of the first where images are pictures: each costs a whole row group's images.
 */
export async function verifyParquet(
  file: CommittedFile,
  { count, sample }: WrittenRows,
  info: RowsInfo,
  { image, compression }: ParquetChoice,
): Promise<Fault | null> {
  const wrong = (problem: string): Fault => ({ path: file.path, problem });
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const source = {
    byteLength: file.bytes,
    slice: async (start: number, end: number = file.bytes) => {
      const bytes = await file.read(start, end);
      return bytes.slice().buffer as ArrayBuffer; // what is read is never shared memory
    },
  };
  try {
    const metadata = await parquetMetadataAsync(source);
    if (Number(metadata.num_rows) !== count)
      return wrong(`holds ${metadata.num_rows} rows instead of ${count}`);
    const groups = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
    if (groups !== count) return wrong(`has row groups of ${groups} rows instead of ${count}`);
    const compressors = await loadDecompression(compression);
    const columns = parquetColumns(info).map(({ name }) => name);
    const vectors = vectorsOf(info);
    for (const [i, { at, row }] of sample.entries()) {
      const looks = i === sample.length - 1 || (i === 0 && image === 'picture');
      const [found] = await parquetReadObjects({
        file: source,
        metadata,
        compressors,
        utf8: false,
        columns: [
          ...(looks && image !== 'none' ? [imageName] : []),
          ...columns.slice(0, 3),
          ...(looks ? vectors.map(({ column }) => column) : []),
        ],
        rowStart: at,
        rowEnd: at + 1,
      });
      if (found.filename !== row.key || Number(found.label) !== row.labelId)
        return wrong(`holds another row ${at} (${row.key})`);
      if (looks && image !== 'none' && !holdsImage(found[imageName], row, image))
        return wrong(`holds another image in row ${at} (${row.key})`);
      for (const each of looks ? vectors : []) {
        const wanted = tensorNumbers({ dtype: each.dtype, bytes: each.bytes(row) });
        if (!sameNumbers(found[each.column], wanted))
          return wrong(`holds another ${each.column} in row ${at} (${row.key})`);
      }
    }
    return null;
  } catch (error) {
    // What is damaged may be damaged in any way: the library throws plain errors.
    if (error instanceof Error) return wrong(`cannot be read as Parquet: ${error.message}`);
    throw error;
  }
}

function holdsImage(found: unknown, row: Row, image: ParquetChoice['image']): boolean {
  if (image === 'picture') {
    assert(row.picture !== null, `parquet has no picture to compare for ${row.key}`);
    const { bytes } = found as { readonly bytes: Uint8Array }; // the struct that the writer made
    return sameBytes(Uint8Array.from(bytes), row.picture.bytes);
  }
  assert(row.tensor !== null, `parquet has no tensor to compare for ${row.key}`);
  return sameNumbers(found, tensorNumbers(row.tensor));
}

function sameNumbers(found: unknown, wanted: Uint8Array | Float32Array): boolean {
  const got = found as ArrayLike<number>; // a list of the values
  return got.length === wanted.length && wanted.every((value, i) => Object.is(got[i], value));
}
