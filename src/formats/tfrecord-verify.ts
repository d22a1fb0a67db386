import { createCrc32 } from '../base/checksum';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import { filePieces, forwardReader, unpacked } from './forward-reader';
import { mostReadBytes, orDamaged, sameBytes } from './read-back';
import type { TfImage } from './tfrecord-features';
import { frame } from './tfrecord-file';
import { exampleEncoder } from './tfrecord-writer';

/**
 * Reads one shard's records back: walks from length to length to the end, and compares the sampled rows' records with
 * their checksums. Of a plain file too large to be read again only the records at its two ends are compared.
 */
export async function verifyExamples(
  file: CommittedFile,
  { count, sample }: WrittenRows,
  info: RowsInfo,
  image: TfImage,
  gzip: boolean,
): Promise<Fault | null> {
  const { path } = file;
  const exampleOf = exampleEncoder(info, image);
  const crc = await createCrc32('castagnoli');
  const framed = ({ row }: WrittenRows['sample'][number]) => {
    const record = exampleOf(row);
    const { before, after } = frame(crc, record);
    return { pieces: [before, record, after], bytes: record.length + frameBytes };
  };
  const differs = (at: number): Fault => ({ path, problem: `holds another record for row ${at}` });
  if (!gzip && file.bytes > mostReadBytes) {
    for (const [entry, atEnd] of [
      [sample[0], false],
      [sample[sample.length - 1], true],
    ] as const) {
      const { pieces, bytes } = framed(entry);
      const start = atEnd ? file.bytes - bytes : 0;
      if (!(await holds(file.read, start, pieces))) return differs(entry.at);
    }
    return null;
  }
  const verifyRecords = async (read: Read): Promise<Fault | null> => {
    const known = new Map(sample.map((entry) => [entry.at, entry]));
    let at = 0;
    let seen = 0;
    for (let head = await read(0, 12); head.length > 0; head = await read(at, at + 12), seen++) {
      const view = new DataView(head.buffer, head.byteOffset, head.length);
      const bytes = Number(view.getBigUint64(0, true)) + frameBytes;
      const entry = known.get(seen);
      if (entry !== undefined) {
        const wanted = framed(entry);
        const [before, ...rest] = wanted.pieces;
        if (!sameBytes(head, before) || !(await holds(read, at + head.length, rest))) return differs(seen);
      } else if ((await read(at + bytes - 1, at + bytes)).length === 0) {
        return { path, problem: `ends inside record ${seen}` };
      }
      at += bytes;
    }
    return seen === count ? null : { path, problem: `holds ${seen} records instead of ${count}` };
  };
  return orDamaged(file, 'TFRecord', RangeError, async (file) => {
    const reader = gzip
      ? unpacked(file, 0, file.bytes, 'gzip')
      : forwardReader(filePieces(file, 0, file.bytes));
    try {
      return await verifyRecords(reader.read);
    } finally {
      await reader.close();
    }
  });
}

type Read = CommittedFile['read'];

async function holds(read: Read, start: number, pieces: readonly Uint8Array[]): Promise<boolean> {
  let at = start;
  for (const piece of pieces) {
    if (!sameBytes(await read(at, at + piece.length), piece)) return false;
    at += piece.length;
  }
  return true;
}

/** The length with its checksum, and the record's. */
const frameBytes = 16;
