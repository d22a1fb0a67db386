import { assert } from '../base/assert';
import type { CommittedFile, Fault, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { type NpyDescr, npyHeader } from './npy-header';
import { differsAt } from './read-back';

/** Checks an `.npy` file: its header must say what was written, and the sampled items must lie where it puts them. */
export async function verifyArray(
  file: Pick<CommittedFile, 'path' | 'bytes' | 'read'>,
  descr: NpyDescr,
  item: readonly number[],
  count: number,
  sample: WrittenRows['sample'],
  bytesOf: (row: Row) => Uint8Array | undefined,
): Promise<Fault | null> {
  const header = npyHeader(descr, [count, ...item]);
  // Unicode text counts code points, of 4 bytes each.
  const valueBytes = Number(descr.slice(2)) * (descr[1] === 'U' ? 4 : 1);
  const itemBytes = item.reduce((product, side) => product * side, valueBytes);
  if (file.bytes !== header.length + count * itemBytes)
    return { path: file.path, problem: `has ${file.bytes} bytes, which are not those of ${count} rows` };
  const fault = await differsAt(file, 0, header, 'its header');
  if (fault !== null) return fault;
  for (const { at, row } of sample) {
    const wanted = bytesOf(row);
    assert(wanted !== undefined, `npy has no tensor to compare for ${row.key}`);
    const fault = await differsAt(file, header.length + at * itemBytes, wanted, `row ${at} (${row.key})`);
    if (fault !== null) return fault;
  }
  return null;
}
