import { createSha256 } from '../base/checksum';
import { RunError } from '../core/failure';
import type { Shard } from '../core/plan';
import type {
  AnyKnobs,
  CommittedFile,
  Fault,
  FileRecord,
  Format,
  RowsInfo,
  StoredFile,
  TargetFolder,
  WrittenRows,
} from '../core/plugin';

/** What is verified: one format's files of one shard. */
export interface Verification {
  readonly format: Pick<AnyKnobs<Format<never>>, 'extension' | 'verify'>;
  readonly records: readonly FileRecord[];
  readonly written: WrittenRows;
  readonly info: RowsInfo;
  readonly knobs: unknown;
  readonly shard: Shard;
}

/**
 * Reads a shard's committed files back from where they lie. Of a folder of pictures only those are looked at that the
 * format asks for: each look is a request on the command line.
 * @throws RunError `target` naming the file that is not what was written.
 */
export async function verifyShard(
  folder: Pick<TargetFolder, 'look'>,
  verification: Verification,
): Promise<void> {
  const { format, records, written, info, knobs, shard } = verification;
  const files = records.map((record) => openLater(folder, record));
  if (format.extension !== null) for (const file of files) await file.read(0, 0); // looks at its size
  const fault =
    format.verify === undefined
      ? await findChanged(files)
      : await format.verify(files, written, info, knobs as never, shard);
  if (fault !== null) throw wrongFile(fault);
}

/** Reads one of the run's own files back whole. Throws a RunError `target` when it is not what was written. */
export async function verifyRecord(folder: Pick<TargetFolder, 'look'>, record: FileRecord): Promise<void> {
  const fault = await findChanged([openLater(folder, record)]);
  if (fault !== null) throw wrongFile(fault);
}

/** A committed file that is looked up, and its size compared, when it is first read. */
export function openLater(folder: Pick<TargetFolder, 'look'>, record: FileRecord): CommittedFile {
  let found: Promise<StoredFile | null> | null = null;
  return {
    ...record,
    async read(start, end) {
      found ??= folder.look(record.path);
      const stored = await found;
      const bytes = stored?.bytes ?? 0; // an empty file may be taken for none
      if (bytes !== record.bytes)
        throw wrongFile({
          path: record.path,
          problem: `holds ${bytes} bytes of the ${record.bytes} that were written`,
        });
      return stored === null || start >= end ? new Uint8Array(0) : stored.read(start, end);
    },
  };
}

async function findChanged(files: readonly CommittedFile[]): Promise<Fault | null> {
  for (const { path, bytes, sha256, read } of files) {
    const hash = await createSha256();
    try {
      for (let at = 0; at < bytes || at === 0; at += pieceBytes)
        hash.update(await read(at, Math.min(bytes, at + pieceBytes)));
      const got = hash.digest();
      if (got !== sha256)
        return { path, problem: `has the sha256 ${got} instead of ${sha256}, which was written` };
    } finally {
      hash.drop();
    }
  }
  return null;
}

/** Read at once: more holds more memory, less makes more requests. */
const pieceBytes = 4 * 2 ** 20;

function wrongFile({ path, problem }: Fault): RunError {
  return new RunError(
    'target',
    `${path} was read back and ${problem}. The disk or the browser's storage may be failing: make sure of it, then go on with the run, which writes this part anew.`,
  );
}
