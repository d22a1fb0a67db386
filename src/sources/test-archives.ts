import { BlobReader, BlobWriter, ZipWriter } from '@zip.js/zip.js';
import { joinBytes } from '../base/join-bytes';
import type { ArchiveEntry } from './archive-member';
import { blobSource } from './byte-source';

/** A member of a tar that is drawn in code; everything but the name is optional. */
export interface TarPart {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: string;
  /** Written instead of the content's length. */
  readonly size?: number;
  readonly base256?: boolean;
}

/** Draws a tar of ustar headers, without an end where `end` is false. */
export function drawTar(parts: readonly TarPart[], end = true): Uint8Array<ArrayBuffer> {
  const pieces = parts.flatMap(({ name, content = '', type = '0', size, base256 = false }) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    const declared = size ?? bytes.length;
    put(0, name);
    put(100, '0000644');
    if (base256) {
      header[124] = 0x80;
      new DataView(header.buffer).setBigUint64(128, BigInt(declared));
    } else put(124, declared.toString(8).padStart(11, '0'));
    put(136, '00000000012');
    put(148, '        ');
    put(156, type);
    put(257, 'ustar\u000000');
    put(
      148,
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
    );
    return [header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)];
  });
  return joinBytes([...pieces, new Uint8Array(end ? 1024 : 0)]);
}

/** Makes a zip of files, in their order; the first is stored, the others deflated. */
export async function drawZip(files: Readonly<Record<string, BlobPart>>): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [i, [name, content]] of Object.entries(files).entries())
    await writer.add(name, new BlobReader(new Blob([content])), { level: i === 0 ? 0 : 6 });
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

/** A pax record of the right length. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = new TextEncoder().encode(rest).length;
  let length = bytes + 1;
  while (String(length).length + bytes !== length) length++;
  return `${length}${rest}`;
}

/** Collects what an archive's reader tells. */
export async function entriesOf(
  read: (source: ReturnType<typeof blobSource>) => AsyncIterable<ArchiveEntry>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const entry of read(blobSource(new Blob([bytes])))) entries.push(entry);
  return entries;
}
