import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size, StoredMode } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { corrupt, truncated, unsupported } from './damage';
import type { Pnm } from './pnm-pixels';
import { type Mending, plainHeader } from './still';

/** Netpbm's PBM, PGM, PPM (plain and raw, 8 and 16 bits) and PAM, and PFM's floats. Of several pictures in a file the first. */
export const pnm: Decoder = {
  id: 'pnm',
  label: 'PNM',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const read = readPnm(bytes);
    return read.ok
      ? succeeded<Header>(plainHeader('pnm', read.value.size, modeOf(read.value), hasAlpha(read.value)))
      : read;
  },
  findDamage(bytes) {
    const read = readPnm(bytes);
    if (!read.ok) return read;
    const { size, start, least } = read.value;
    if (start + least <= bytes.length) return null;
    return truncated(
      `The PNM's ${size.width} × ${size.height} pixels need ${start + least} bytes; it has ${bytes.length}.`,
    );
  },
  decode: (bytes, header, request) => draw(bytes, header, request, 'whole'),
  recover: (bytes, header, request) => draw(bytes, header, request, 'recover'),
};

async function draw(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const read = readPnm(bytes);
  if (!read.ok) return read;
  const { drawPnm } = await import('./pnm-pixels');
  return drawPnm(bytes, read.value, header, request, mending);
}

/** Reads a header by netpbm's manual pages (pbm, pgm, ppm, pam) and Debevec's note on PFM. */
function readPnm(bytes: Uint8Array): Outcome<Pnm> {
  const kind = bytes[1];
  const letter = String.fromCharCode(kind);
  if (letter === '7') return readPam(bytes);
  const floats = letter === 'f' || letter === 'F';
  const bitmap = letter === '1' || letter === '4';
  if (!floats && !/[1-6]/.test(letter)) return corrupt(`The PNM is of the unknown kind P${letter}.`);
  const words = createWords(bytes, 2);
  const width = words.next();
  const height = words.next();
  const last = bitmap ? '1' : words.next();
  if (last === null || width === null || height === null)
    return truncated(`The PNM ends inside its header, after ${bytes.length} bytes.`);
  const size = sizeOf(width, height);
  if (size === null) return badSize(width, height);
  // One white-space character closes the header.
  const start = Math.min(bytes.length, words.at + 1);
  if (floats) {
    const scale = Number(last);
    if (!Number.isFinite(scale) || scale === 0) return corrupt(`The PFM's scale is “${last}”.`);
    const channels = letter === 'F' ? 3 : 1;
    return pnmOf({ coding: 'floats', size, channels, white: 1, bitmap, little: scale < 0, start });
  }
  const white = whole(last);
  if (white === null || white === 0 || white > 65_535)
    return corrupt(`The PNM's largest value is “${last}”; 1 to 65535 are known.`);
  const channels = letter === '3' || letter === '6' ? 3 : 1;
  const coding = kind < 0x34 ? 'text' : bitmap ? 'bits' : white < 256 ? 'bytes' : 'words';
  return pnmOf({ coding, size, channels, white, bitmap, little: false, start });
}

function readPam(bytes: Uint8Array): Outcome<Pnm> {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  const end = /^ENDHDR[ \t]*\n/m.exec(text);
  if (end === null) return truncated('The PAM has no end of its header (ENDHDR).');
  const header = text.slice(0, end.index);
  const field = (name: string) => new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(header)?.[1] ?? '';
  const size = sizeOf(field('WIDTH'), field('HEIGHT'));
  if (size === null) return badSize(field('WIDTH'), field('HEIGHT'));
  const channels = ([1, 2, 3, 4] as const).find((count) => String(count) === field('DEPTH'));
  if (channels === undefined)
    return unsupported(`The PAM has “${field('DEPTH')}” channels; 1 to 4 are decoded.`, 'Save it as PNG.');
  const white = whole(field('MAXVAL'));
  if (white === null || white === 0 || white > 65_535)
    return corrupt(`The PAM's largest value is “${field('MAXVAL')}”; 1 to 65535 are known.`);
  const coding = white < 256 ? 'bytes' : 'words';
  const start = end.index + end[0].length;
  return pnmOf({ coding, size, channels, white, bitmap: false, little: false, start });
}

function pnmOf(pnm: Omit<Pnm, 'least'>): Outcome<Pnm> {
  const { coding, size, channels, bitmap } = pnm;
  const samples = size.width * size.height * channels;
  const least = {
    // Numbers are parted by white space, but for a bitmap's digits.
    text: bitmap ? samples : 2 * samples - 1,
    bits: Math.ceil(size.width / 8) * size.height,
    bytes: samples,
    words: 2 * samples,
    floats: 4 * samples,
  };
  return succeeded({ ...pnm, least: least[coding] });
}

function modeOf({ coding, channels, bitmap, white }: Pnm): StoredMode {
  if (bitmap) return '1';
  if (coding === 'floats') return channels === 1 ? 'F' : 'RGB;F';
  const deep = white > 255;
  if (channels === 1) return deep ? 'I;16' : white === 1 ? '1' : 'L';
  if (channels === 2) return deep ? 'LA;16' : 'LA';
  if (channels === 3) return deep ? 'RGB;16' : 'RGB';
  return deep ? 'RGBA;16' : 'RGBA';
}

const hasAlpha = ({ channels }: Pnm) => channels === 2 || channels === 4;

const whole = (word: string) => (/^\d{1,10}$/.test(word) ? Number(word) : null);

function sizeOf(width: string, height: string): Size | null {
  const size = { width: whole(width) ?? 0, height: whole(height) ?? 0 };
  return size.width > 0 && size.height > 0 ? size : null;
}

const badSize = (width: string, height: string) =>
  corrupt(`The PNM's header declares ${width || 'no'} × ${height || 'no'} pixels.`);

/** Words of a netpbm header one after the other, without comments; null at the end of the bytes. */
function createWords(bytes: Uint8Array, from: number): { readonly at: number; next(): string | null } {
  let at = from;
  return {
    get at() {
      return at;
    },
    next() {
      while (at < bytes.length && isSpace(bytes[at])) skip();
      let word = '';
      for (; at < bytes.length && !isSpace(bytes[at]); at++) {
        if (word.length > 31) break; // no number is that long
        word += String.fromCharCode(bytes[at]);
      }
      return word === '' || at >= bytes.length ? null : word;
    },
  };

  function skip(): void {
    if (bytes[at] === hash) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
    else at++;
  }
}

const hash = 0x23;

/** White space, or a comment's first character. */
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13) || byte === hash;
