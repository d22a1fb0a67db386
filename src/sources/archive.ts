import { forEachBreathing, startBreath } from '../base/breathe';
import { inflatePieces } from '../base/inflate';
import { type Failure, megabytes } from '../core/failure';
import type { ImageRef, Listed, Origin } from '../core/image';
import { type MemberSpan, unpackMember } from '../core/member';
import { isImage, sniff, sniffBytes } from '../core/sniff';
import { type ArchiveFault, type ArchiveMember, isSpan, refusal } from './archive-member';
import { type ByteSource, readAhead } from './byte-source';
import { hiddenPart, kindByName } from './classify';
import { memberKey, tellApart } from './member-key';
import { tarEntries } from './tar-members';
import { hasWords, isWords, readWords, type SampleWords, sampleName } from './webdataset-samples';
import { zipEntries } from './zip-directory';

/** An archive that is open for reading. */
export interface OpenArchive {
  /** Its own key, under which it fails when it cannot be read. */
  readonly key: string;
  /** In front of its members' keys: `''`, or a folder with the `/` behind it. */
  readonly prefix: string;
  readonly bytes: ByteSource;
  /** Where a member lies that is `bytes` long once it is unpacked. */
  originOf(span: MemberSpan, bytes: number): Origin;
  /** True where each reading is a request: members whose names tell nothing are then taken for images, unseen. */
  readonly far: boolean;
  /** Milliseconds since 1970; null where unknown. Stands in for members without a time of their own. */
  readonly modified: number | null;
  /** What is wrong with the archive around it (a gzip stream that was cut off), so that the last of it is missing. */
  readonly fault: Failure | null;
}

/**
 * Lists an archive's members as a folder's files are listed: by name, else by their first bytes, hidden ones left out. What
 * cannot be read is an image that fails, with the reason. In a tar, members that share the name of an image up to its first
 * dot are its words (WebDataset): see {@link readWords}.
 */
export async function* listArchive(
  archive: OpenArchive,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const isZip = isZipHead(await archive.bytes.read(0, 4)) || /\.zip$/i.test(archive.key);
  const entries = isZip ? zipEntries(archive.bytes, signal) : tarEntries(archive.bytes);
  const found: Found[] = [];
  const hidden = new Set<string>();
  const faults: ArchiveFault[] = [];
  const breath = startBreath(signal);
  for await (const entry of entries) {
    if (breath.due()) await breath.take();
    if ('fault' in entry) {
      faults.push(entry);
      continue;
    }
    const key = archive.prefix + memberKey(entry.name);
    const part = hiddenPart(key);
    if (part !== null) hidden.add(part);
    else found.push({ key, member: entry });
  }
  for (const key of hidden) yield { kind: 'left-out', key, why: 'hidden' };
  const taken = new Set<string>();
  await forEachBreathing(found, ({ key }) => taken.add(key), signal);
  const unique = tellApart(taken);
  const texts: SampleTexts = isZip ? new Map() : await collectWords(archive, found, faults, signal);
  for (const { key, member } of found) {
    if (breath.due()) await breath.take();
    const listed = await classify(archive, unique(key), member);
    if (listed.kind !== 'image') yield listed;
    else yield { kind: 'image', ref: { ...listed.ref, ...wordsOf(texts.get(sampleOf(key) ?? '')) } };
  }
  const { key, fault } = archive;
  if (fault !== null) faults.push({ name: null, fault });
  else if (archive.bytes.size === 0) faults.push({ name: null, fault: refusal('empty', nothing) });
  for (const { name, fault } of faults) {
    // Of several that strike the archive as a whole the last says the cause.
    if (name === null && fault !== faults.findLast((other) => other.name === null)?.fault) continue;
    yield {
      kind: 'image',
      ref: faultRef(archive, name === null ? key : unique(archive.prefix + memberKey(name)), fault),
    };
  }
}

interface Found {
  readonly key: string;
  readonly member: ArchiveMember;
}

/** True for a zip with files, or an empty one. */
const isZipHead = (head: Uint8Array) =>
  head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) && head[3] === head[2] + 1;

const nothing = 'The archive has 0 bytes. Copy or download it again.';

/** Words read at once: of a few samples, or of one beside a large picture. */
const window = 64 * 1024;

/** Bytes of all words of an archive, which the page holds until the dataset is written. */
const mostWords = 512 * 2 ** 20;

const tooManyWords = refusal(
  'too-large',
  `The texts beside its images take more than ${megabytes(mostWords)}, so that the last of them were not read. Split it into shards.`,
);

/** Texts beside the images, by sample and field: read when their image is listed, so that no moment has them all to do. */
type SampleTexts = ReadonlyMap<string, Readonly<Record<string, string>>>;

const wordsOf = (texts: Readonly<Record<string, string>> | undefined): SampleWords | undefined =>
  texts && readWords(texts);

const sampleOf = (key: string) => sampleName(key)?.sample;

/** Reads the words of every sample: as text, in the archive's order, which is how they lie. */
async function collectWords(
  { bytes }: OpenArchive,
  found: readonly Found[],
  faults: ArchiveFault[],
  signal: AbortSignal,
): Promise<SampleTexts> {
  const pictured = new Set<string>();
  const note = ({ key }: Found) => {
    const named = sampleName(key);
    if (named !== null && kindByName(key) === 'image') pictured.add(named.sample);
  };
  await forEachBreathing(found, note, signal);
  const texts = new Map<string, Record<string, string>>();
  const text = new TextDecoder();
  const near = readAhead(bytes, window);
  const breath = startBreath(signal);
  let left = mostWords;
  for (const { key, member } of found) {
    if (breath.due()) await breath.take();
    const named = sampleName(key);
    if (named === null || !pictured.has(named.sample) || !isWords(named.field)) continue;
    if (!hasWords(member) || !isSpan(member.content)) continue;
    const { start, end } = member.content;
    left -= member.bytes;
    if (left < 0) break;
    const sample = texts.get(named.sample) ?? {};
    sample[named.field] ??= text.decode(await near.read(start, end));
    texts.set(named.sample, sample);
  }
  if (left < 0) faults.push({ name: null, fault: tooManyWords });
  return texts;
}

async function classify(archive: OpenArchive, key: string, member: ArchiveMember): Promise<Listed> {
  const byName = kindByName(key);
  const { content } = member;
  const image = (): Listed => ({ kind: 'image', ref: memberRef(archive, key, member) });
  if (byName === 'image') return image();
  // An archive within an archive stays closed, as one file that is no image.
  if (byName === 'other' || byName === 'archive' || !isSpan(content))
    return { kind: 'left-out', key, why: 'not-an-image' };
  if (byName === 'table') return { kind: 'table', key, file: await readTable(archive, member, content) };
  return archive.far || isImage(sniff(await readHead(archive, content)))
    ? image()
    : { kind: 'left-out', key, why: 'not-an-image' };
}

function memberRef(archive: OpenArchive, key: string, member: ArchiveMember): ImageRef {
  const { content, bytes } = member;
  const modified = member.modified ?? archive.modified;
  const origin: Origin = isSpan(content)
    ? archive.originOf(content, bytes)
    : { kind: 'refused', failure: content };
  return { key, origin, bytes, modified };
}

/** An archive that is broken from somewhere on counts as an image that failed: it is named, and the run goes on. */
function faultRef(archive: OpenArchive, key: string, failure: Failure): ImageRef {
  return { key, origin: { kind: 'refused', failure }, bytes: 0, modified: archive.modified };
}

/** A table's bytes; of one that cannot be read none, which labelling then tells of. */
async function readTable({ bytes }: OpenArchive, member: ArchiveMember, span: MemberSpan): Promise<Blob> {
  if (member.bytes > largestTable) return new Blob([]);
  const unpacked = await unpackMember(await bytes.read(span.start, span.end), span, member.bytes);
  return new Blob(unpacked.ok ? [unpacked.value] : []);
}

/** As large as a table may be beside images. */
const largestTable = 512 * 2 ** 20;

/** The first bytes of a member whose name does not tell what it is. */
async function readHead({ bytes }: OpenArchive, span: MemberSpan): Promise<Uint8Array> {
  const record = await bytes.read(span.start, Math.min(span.end, span.start + headBytes));
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const begin =
    span.headed && record.length >= 30 ? 30 + view.getUint16(26, true) + view.getUint16(28, true) : 0;
  const packed = record.subarray(begin, begin + span.packed);
  if (span.packing === 'stored') return packed.subarray(0, sniffBytes);
  try {
    for await (const piece of inflatePieces([packed], 'deflate-raw')) return piece.subarray(0, sniffBytes);
  } catch {
    // Broken: it is not known to be an image.
  }
  return new Uint8Array(0);
}

/** Enough for a header with a long name, and what the first bytes are packed into. */
const headBytes = 16 * 1024;
