import { untilAborted } from '../base/flow';
import { type Failure, megabytes } from '../core/failure';
import type { Listed, Origin, RemoteArchive } from '../core/image';
import type { MemberSpan } from '../core/member';
import { type RemoteFile, RemoteLost } from '../core/remote-file';
import { listArchive, type OpenArchive } from '../sources/archive';
import { refusal } from '../sources/archive-member';
import { type ByteSource, blobSource } from '../sources/byte-source';
import type { LinkReader } from './link-reader';
import { freeBytes, stage } from './unpacked';

/**
 * Lists the members of an archive behind a link. Of a zip whose server gives parts only the directory is read, and each member
 * when its turn comes; anything else is read whole into the browser's storage first. A tar for which there is no room there is
 * read in parts as well. One that cannot be read is an image that fails, and says why.
 */
export async function* listRemote(
  archive: RemoteArchive,
  prefix: string,
  reader: LinkReader,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const looked = await untilAborted(reader.lookAt(archive.link.url, archive.bytes), signal);
  if (!looked.ok) return yield refused(archive, looked.failure);
  const opened = await open(archive, prefix, looked.value, reader, signal);
  if ('code' in opened) return yield refused(archive, opened);
  try {
    for await (const listed of listArchive(opened, signal)) yield withWords(listed, archive);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteLost)) throw error;
    yield refused(archive, error.failure);
  }
}

async function open(
  archive: RemoteArchive,
  prefix: string,
  remote: RemoteFile,
  reader: LinkReader,
  signal: AbortSignal,
): Promise<OpenArchive | Failure> {
  const { key, link, modified } = archive;
  const { head, ranges, size } = remote;
  const inParts = (): OpenArchive => ({
    ...{ key, prefix, modified, fault: null, far: true },
    bytes: partsOf(remote, reader, signal),
    originOf: (span: MemberSpan, bytes: number): Origin => ({ ...link, part: { ...span, bytes } }),
  });
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (isZip && ranges) return inParts();
  const staged = await stage(remote, isGzip, reader, signal);
  if (staged === null) return ranges && !isGzip ? inParts() : noRoom(size ?? 0, await freeBytes(), isGzip);
  const { file, fault } = staged;
  return {
    ...{ key, prefix, modified, fault, far: false },
    bytes: blobSource(file),
    originOf: (span: MemberSpan): Origin => ({ kind: 'member', of: file, ...span }),
  };
}

/** Reads parts of a remote file; its head is there already. */
function partsOf({ url, size, head }: RemoteFile, reader: LinkReader, signal: AbortSignal): ByteSource {
  return {
    size: size ?? 0,
    async read(start, end) {
      if (end <= head.length) return head.slice(start, end);
      if (start >= end) return new Uint8Array(0);
      const part = await untilAborted(reader.range(url, start, end), signal);
      if (!part.ok) throw new RemoteLost(part.failure);
      return part.value;
    },
  };
}

const noRoom = (bytes: number, free: number, isGzip: boolean): Failure =>
  refusal(
    'too-large',
    `The archive of ${megabytes(bytes)} must be read into the browser's storage, which has ${megabytes(free)} left for this page, since ${isGzip ? 'a gzipped archive can only be read from its beginning' : 'its server gives no parts of it'}. Free space on the disk, or download it and choose the file.`,
  );

function refused({ key, bytes, modified }: RemoteArchive, failure: Failure): Listed {
  return { kind: 'image', ref: { key, origin: { kind: 'refused', failure }, bytes, modified } };
}

/** Gives an image what its archive's row in the list says, where the archive itself says nothing. */
function withWords(listed: Listed, { label, columns }: RemoteArchive): Listed {
  if (listed.kind !== 'image') return listed;
  const { ref } = listed;
  const both = columns !== undefined || ref.columns !== undefined;
  return {
    kind: 'image',
    ref: {
      ...ref,
      label: ref.label === undefined ? label : ref.label,
      ...(both && { columns: { ...columns, ...ref.columns } }),
    },
  };
}
