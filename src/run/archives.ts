import { forEachBreathing } from '../base/breathe';
import type { Failure } from '../core/failure';
import type { Listed, Origin, RemoteArchive } from '../core/image';
import type { MemberSpan } from '../core/member';
import { listArchive } from '../sources/archive';
import { refusal } from '../sources/archive-member';
import { blobSource } from '../sources/byte-source';
import { archiveEnding } from '../sources/classify';
import type { FetchSetup } from '../workers/job';
import { createLinkReader } from './link-reader';
import { listRemote } from './remote-archive';
import { unpack } from './unpacked';

/** An archive among what a source listed. */
export type ListedArchive = Extract<Listed, { readonly kind: 'archive' }>;

type LocalArchive = Exclude<ListedArchive, RemoteArchive>;

/**
 * Lists the members of archives, each below a folder of the archive's name without its ending, or below none when the
 * archive is all that there is: as a picked folder's own name is in no key. One that cannot be read is an image that fails.
 * @param keys Of all images and tables beside them: no folder of theirs is shared.
 * @param setup How those behind links are fetched.
 */
export async function* listArchives(
  archives: readonly ListedArchive[],
  keys: readonly string[],
  setup: FetchSetup,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const prefixOf = await choosePrefixes(archives, keys, signal);
  const reader = createLinkReader(setup); // its worker starts when the first link is met
  try {
    for (const archive of archives) {
      signal.throwIfAborted();
      const prefix = prefixOf(archive.key);
      yield* 'link' in archive
        ? listRemote(archive, prefix, reader, signal)
        : listOne(archive, prefix, signal);
    }
  } finally {
    reader.dispose();
  }
}

async function* listOne(
  { key, file }: LocalArchive,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<Listed> {
  const modified = file.lastModified;
  try {
    const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    const { file: open, fault } = isGzip ? await unpack(file, signal) : { file, fault: null };
    const originOf = (span: MemberSpan): Origin => ({ kind: 'member', of: open, ...span });
    const bytes = blobSource(open);
    yield* listArchive({ key, prefix, originOf, far: false, bytes, modified, fault }, signal);
  } catch (error) {
    // The browser's own words for a file that it cannot read; all else is not this archive's fault.
    if (!(error instanceof DOMException) || signal.aborted) throw error;
    const ref = {
      key,
      origin: { kind: 'refused', failure: unreadable(error) },
      bytes: file.size,
      modified,
    } as const;
    yield { kind: 'image', ref };
  }
}

const unreadable = ({ name, message }: DOMException): Failure =>
  refusal(
    name === 'NotFoundError' ? 'gone' : 'changed',
    `The archive cannot be read (${message}). It was moved or changed after it was chosen; choose it again.`,
  );

/** `a/pets` for `a/pets.tar.gz`. */
const folderOf = (key: string) => key.replace(archiveEnding, '');

/** Decides by names alone, so that the same files give the same keys wherever they are listed. */
async function choosePrefixes(
  archives: readonly ListedArchive[],
  keys: readonly string[],
  signal: AbortSignal,
): Promise<(key: string) => string> {
  if (archives.length === 1 && keys.length === 0) return () => '';
  const taken = new Set<string>();
  const repeated = new Set<string>();
  await forEachBreathing(
    [...keys, ...archives.map(({ key }) => key)],
    (key) => {
      for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1))
        taken.add(key.slice(0, slash));
    },
    signal,
  );
  for (const { key } of archives) {
    const folder = folderOf(key);
    if (taken.has(folder)) repeated.add(folder);
    taken.add(folder);
  }
  // `pets.tar/` can be no other's: files of one name are told apart before.
  return (key) => `${repeated.has(folderOf(key)) ? key : folderOf(key)}/`;
}
