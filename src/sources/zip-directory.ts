import type { EntryMetaData } from '@zip.js/zip.js';
import { forEachBreathing, sortBreathing, startBreath } from '../base/breathe';
import type { Failure } from '../core/failure';
import { megabytes } from '../core/failure';
import { localHeader, type MemberSpan, refuseSize } from '../core/member';
import { RemoteLost } from '../core/remote-file';
import { type ArchiveEntry, mostMembers, refusal } from './archive-member';
import type { ByteSource } from './byte-source';

/**
 * Reads the directory of a zip (APPNOTE 6.3.10, with Zip64) and says where each file lies; none is opened. Files that are
 * encrypted, packed by other methods than deflate, or lie over one another come with the reason why they are refused.
 */
export async function* zipEntries(
  source: ByteSource,
  signal?: AbortSignal,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const { ZipReader } = await import('@zip.js/zip.js/lib/zip-core-reader.js');
  const entries: Found[] = [];
  const breath = startBreath(signal);
  try {
    const reader = new ZipReader(readerOf(source), { filenameValidation: 'tolerant' });
    for await (const entry of reader.getEntriesGenerator()) {
      if (entries.length === mostMembers) throw new TooMuch(`holds more than ${mostMembers} files`);
      if (!entry.directory) entries.push(found(entry));
      if (breath.due()) await breath.take();
    }
    entries.push({ ...nothing, offset: reader.directoryOffset ?? source.size });
  } catch (error) {
    signal?.throwIfAborted();
    yield { name: null, fault: faultOf(error, source) };
    return;
  }
  yield* placed(entries, signal);
}

/** What is kept of the library's entry: a tenth of its memory. */
interface Found {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly packed: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly symlink: boolean;
  readonly crc32: number | null;
  readonly modified: number | null;
  /** Bytes of the name as it is written. */
  readonly nameBytes: number;
}

/** Stands for the directory behind the last file. */
const nothing: Found = {
  name: '', offset: 0, bytes: 0, packed: 0, method: 0, encrypted: false, symlink: false, crc32: null, modified: null,
  nameBytes: 0,
}; // biome-ignore format: zeros

function found(entry: EntryMetaData): Found {
  const modified = entry.lastModDate.getTime();
  return {
    name: entry.filename,
    offset: entry.offset,
    bytes: entry.uncompressedSize,
    packed: entry.compressedSize,
    method: entry.compressionMethod,
    encrypted: entry.encrypted,
    symlink: entry.symlink,
    crc32: entry.crc32 ?? null,
    modified: Number.isFinite(modified) ? modified : null,
    nameBytes: entry.rawFilename.length,
  };
}

/** Gives each file the bytes up to the next one's, within which its header ends where only the header itself says. */
async function* placed(
  entries: readonly Found[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const order = await sortBreathing(entries, (a, b) => a.offset - b.offset, signal);
  const ends = new Map<Found, number>();
  let reach = 0;
  const overlapped = new Set<Found>();
  const place = (entry: Found, i: number) => {
    const own = leastEnd(entry);
    const next = order[i + 1]?.offset ?? Number.POSITIVE_INFINITY;
    if (entry.offset < reach || own > next) overlapped.add(entry);
    reach = Math.max(reach, own);
    ends.set(entry, Math.min(next, own + longestExtra));
  };
  await forEachBreathing(order, place, signal);
  for (const entry of entries) {
    if (entry.nameBytes === 0 && entry.name === '') continue; // the directory
    const content = overlapped.has(entry)
      ? refusal('corrupt', overlapping)
      : contentOf(entry, ends.get(entry) ?? entry.offset);
    const { name, bytes, modified } = entry;
    yield { name, bytes, modified, content };
  }
}

const leastEnd = ({ offset, nameBytes, packed }: Found) => offset + localHeader + nameBytes + packed;

/** Of the extra field behind a local name (a 16-bit length), which the directory does not tell. */
const longestExtra = 0xffff;

const overlapping =
  'Its bytes in the archive belong to other files too, as in archives that are made to fill a disk.';

function contentOf(entry: Found, end: number): MemberSpan | Failure {
  if (entry.encrypted)
    return refusal(
      'unsupported',
      'It is encrypted in the archive. Unpack the archive with its password first.',
    );
  if (entry.symlink) return refusal('unsupported', 'It is a link to another file, not an image.');
  if (entry.method !== 0 && entry.method !== 8)
    return refusal(
      'unsupported',
      `It is packed by ${methods.get(entry.method) ?? `method ${entry.method}`}; stored and deflate are read. Make the archive again with deflate, or unpack it first.`,
    );
  const { offset: start, packed, crc32, bytes } = entry;
  const packing = entry.method === 0 ? 'stored' : 'deflate';
  const span: MemberSpan = { start, end, packed, packing, headed: true, crc32 };
  const refused = refuseSize(span, bytes);
  return refused === null ? span : refusal('corrupt', refused);
}

/** APPNOTE 4.4.5. */
const methods: ReadonlyMap<number, string> = new Map([
  [1, 'Shrink'], [6, 'Implode'], [9, 'Deflate64'], [12, 'BZIP2'], [14, 'LZMA'], [93, 'Zstandard'], [95, 'XZ'],
  [96, 'a JPEG variant'], [98, 'PPMd'], [99, 'AES encryption'],
]); // biome-ignore format: a table

/** The library reads the directory in one piece, of the size that the archive declares. */
function readerOf(source: ByteSource) {
  return {
    size: source.size,
    readable: new ReadableStream(),
    async readUint8Array(at: number, length: number) {
      if (length > largestDirectory)
        throw new TooMuch(
          `declares a directory of ${megabytes(length)}; ${megabytes(largestDirectory)} are read`,
        );
      return source.read(at, Math.min(at + length, source.size));
    },
  };
}

/** Bytes; of five million files with names of ordinary length. */
const largestDirectory = 512 * 2 ** 20;

class TooMuch extends Error {}

function faultOf(error: unknown, { size }: ByteSource): Failure {
  if (error instanceof DOMException || error instanceof RemoteLost) throw error; // the file cannot be read at all: whoever reads it tells why
  if (error instanceof TooMuch)
    return refusal('too-large', `The archive ${error.message}. Split it into smaller ones.`);
  const seen = error instanceof Error ? error.message : String(error);
  if (/split/i.test(seen))
    return refusal('unsupported', 'The archive is one part of a zip that was split. Join the parts first.');
  if (/encrypted central/i.test(seen))
    return refusal(
      'unsupported',
      'The directory of the archive is encrypted. Unpack it with its password first.',
    );
  if (/end of central|not recognized/i.test(seen))
    return refusal(
      'truncated',
      `The archive of ${megabytes(size)} has no directory at its end: it is not a zip, or was cut off. Download or make it again.`,
    );
  return refusal('corrupt', `The directory of the archive is damaged (${seen}). Download or make it again.`);
}
