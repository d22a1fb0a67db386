import type { Failure } from '../core/failure';
import { type ArchiveEntry, mostMembers, refusal } from './archive-member';
import { type ByteSource, readAhead } from './byte-source';

/**
 * Walks the headers of a tar and says where each file lies, skipping the contents: ustar and pax (POSIX.1-2001), GNU's long
 * names and base-256 numbers, and the headers before ustar. Devices are passed over; symbolic links and sparse files are refused.
 * A tar that is cut off or broken gives what is whole before, then the fault.
 */
export async function* tarEntries(whole: ByteSource): AsyncGenerator<ArchiveEntry, void, undefined> {
  const source = readAhead(whole, window);
  let extended: Extended = {};
  let count = 0;
  for (let at = 0; at < source.size; ) {
    const header = await source.read(at, at + block);
    if (header.length < block) return yield cut(at, null);
    if (header.every((byte) => byte === 0)) return;
    if (!sumIsRight(header)) return yield { name: null, fault: noHeader(at) };
    const type = header[156];
    const isMeta = metaTypes.has(type);
    // What a pax header says is meant for the file, not for a further header before it.
    const bytes = (isMeta ? undefined : extended.bytes) ?? numberAt(header, 124, 12);
    if (bytes === null)
      return yield {
        name: null,
        fault: refusal('corrupt', `The tar's header at byte ${at} has no size. ${again}`),
      };
    const start = type === typeOf('S') ? await behindMaps(source, header, at + block) : at + block;
    const content = holdsContent(type) || isMeta ? bytes : 0;
    const end = start + content;
    at = start + Math.ceil(content / block) * block;
    if (isMeta) {
      if (bytes > largestMeta)
        return yield {
          name: null,
          fault: refusal('corrupt', `A name in the tar is declared to have ${bytes} bytes. ${again}`),
        };
      if (end > source.size) return yield cut(source.size, extended.name ?? null);
      extended = { ...extended, ...readMeta(type, await source.read(start, end)) };
      continue;
    }
    const name = extended.name ?? nameOf(header);
    const { sparse } = extended;
    const target = extended.target ?? textAt(header, 157, 100);
    const modified = extended.modified ?? seconds(numberAt(header, 136, 12));
    extended = {};
    if (!isFile(type, name) && !isLink(type)) continue;
    if (++count > mostMembers)
      return yield {
        name: null,
        fault: refusal('too-large', `The tar holds more than ${mostMembers} files. Split it into shards.`),
      };
    if (type === hardLink) {
      yield { name, target };
      continue;
    }
    if (end > source.size) return yield cut(source.size, name);
    if (type === symbolicLink) {
      yield { name, bytes: 0, modified, content: linkMember };
      continue;
    }
    const span = { start, end, packed: bytes, packing: 'stored', headed: false, crc32: null } as const;
    yield { name, bytes, modified, content: sparse || type === typeOf('S') ? sparseMember : span };
  }
}

/** Bytes of a header, and what contents are filled up to. */
const block = 512;

/** Read at once, headers and small files among them. More reads large files for nothing; less asks the disk more often. */
const window = 128 * 1024;

const again = 'Download or make the archive again.';

/** Bytes of a long name or a pax header; real ones have a few hundred. */
const largestMeta = 2 ** 20;

/** What a header says of the file whose header follows. */
interface Extended {
  readonly name?: string;
  readonly bytes?: number;
  readonly modified?: number;
  readonly sparse?: true;
  /** What a link leads to. */
  readonly target?: string;
}

const typeOf = (letter: string) => letter.charCodeAt(0);

/** pax for the next file and for all, GNU's long name and long link. */
const metaTypes = new Set(['x', 'X', 'g', 'L', 'K'].map(typeOf));

const hardLink = typeOf('1');
const symbolicLink = typeOf('2');
const isLink = (type: number) => type === hardLink || type === symbolicLink;

/** Links, devices and folders have none, whatever size they declare; GNU's dump folders do. */
const holdsContent = (type: number) => !['1', '2', '3', '4', '5', '6'].map(typeOf).includes(type);

/** A plain file (also as before ustar), one that a reader must take for it (`7`, contiguous), or GNU's sparse one. */
const isFile = (type: number, name: string) =>
  (type === 0 || ['0', '7', 'S'].map(typeOf).includes(type)) && !name.endsWith('/');

/** Where the content of GNU's old sparse file begins: behind as many further maps as each one before announces. */
async function behindMaps(source: ByteSource, header: Uint8Array, at: number): Promise<number> {
  let more = header[482] !== 0;
  let start = at;
  for (; more && start < source.size; start += block)
    more = (await source.read(start, start + block))[504] > 0;
  return start;
}

function cut(at: number, name: string | null): ArchiveEntry {
  return { name, fault: refusal('truncated', `The tar was cut off after ${at} bytes. ${again}`) };
}

function noHeader(at: number): Failure {
  return at === 0
    ? refusal('corrupt', `The file is not a tar: it begins with no header. ${again}`)
    : refusal(
        'corrupt',
        `The tar is damaged: there is no header at byte ${at}, where one should be. ${again}`,
      );
}

const linkMember = refusal('unsupported', 'It is a link to another file, not an image.');

const sparseMember = refusal(
  'unsupported',
  'It is stored as a sparse file, with its zeros left out. Make the tar again without --sparse.',
);

function sumIsRight(header: Uint8Array): boolean {
  const declared = numberAt(header, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < block; i++) {
    const byte = i >= 148 && i < 156 ? 32 : header[i]; // the sum itself counts as spaces
    unsigned += byte;
    signed += (byte << 24) >> 24; // as some old tars counted
  }
  return declared === unsigned || declared === signed;
}

/** Octal digits, or GNU's base-256 where the first bit is set; null for neither, for negatives and beyond 2^53. */
function numberAt(header: Uint8Array, at: number, length: number): number | null {
  const field = header.subarray(at, at + length);
  if (field[0] & 0x80) {
    if (field[0] !== 0x80) return null;
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : null;
  }
  const text = latin.decode(field).replace(/\0.*$/s, '').trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}

const latin = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function textAt(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

function nameOf(header: Uint8Array): string {
  const name = textAt(header, 0, 100);
  // GNU's `ustar  ` keeps times where POSIX keeps the name's first part.
  const prefix = latin.decode(header.subarray(257, 263)) === 'ustar\0' ? textAt(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

const seconds = (value: number | null) => (value === null ? null : value * 1000);

function readMeta(type: number, bytes: Uint8Array): Extended {
  if (type === typeOf('L')) return { name: utf8.decode(bytes).replace(/\0.*$/s, '') };
  if (type === typeOf('K')) return { target: utf8.decode(bytes).replace(/\0.*$/s, '') };
  if (type === typeOf('x') || type === typeOf('X')) return readPax(bytes);
  return {}; // of all files: nothing that a listing wants
}

/** Reads `LENGTH KEY=VALUE\n` records, LENGTH counting the whole record; stops at what is none. */
function readPax(bytes: Uint8Array): Extended {
  let extended: Extended = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(latin.decode(bytes.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at + 1 || at + length > bytes.length) break;
    const record = utf8.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    extended = { ...extended, ...paxValue(record.slice(0, equals), record.slice(equals + 1)) };
    at += length;
  }
  return extended;
}

function paxValue(key: string, value: string): Extended {
  if (key.startsWith('GNU.sparse.')) {
    return { sparse: true };
  }
  if (value === '') return {}; // takes back what was said of all files: the header counts
  const number = Number(value);
  if (key === 'path') return { name: value };
  if (key === 'linkpath') return { target: value };
  if (key === 'size') return Number.isSafeInteger(number) && number >= 0 ? { bytes: number } : {};
  if (key === 'mtime') return Number.isFinite(number) ? { modified: number * 1000 } : {};
  return {};
}
