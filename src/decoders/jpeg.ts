import { joinBytes } from '../base/join-bytes';
import type { Outcome } from '../core/failure';
import type { DecodedFrame, Header, Pixels } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { decodeInBrowser } from './browser-image';
import { hasText, u16be } from './bytes';
import { areOurs, framesInSrgb, wantsLcms } from './colours';
import { truncated } from './damage';
import { frameOf, lossless, readJpegHeader, walk } from './jpeg-header';
import { coverage } from './jpeg-scan';
import { recoverInBrowser } from './recover-image';
import type { Mending } from './still';

/**
 * JPEG (ITU-T T.81), also as the first picture of an MPO file.
 *
 * It is damaged when its end-of-image marker is missing, and when its entropy-coded data ends before its picture does,
 * which browsers and Pillow pass over: libjpeg fills the rest with grey. What is suspicious (restart markers out of
 * turn, a corner of that grey, inks) is counted out, block by block.
 */
export const jpeg: Decoder = {
  id: 'jpeg',
  label: 'JPEG',
  reduces: 'scaled',
  heavy: (bytes, header) =>
    isDeep(bytes) || wantsVips(bytes, header) || wantsLcms(profileOf(bytes, header), spaceOf(header)),
  readHeader: readJpegHeader,
  findDamage(bytes) {
    let restarts = false;
    const end = walk(bytes, (marker, at) => {
      if (marker === 0xdd) restarts = u16be(bytes, at) > 0;
    });
    if (end.kind !== 'scan') return null; // readHeader has said so already
    // Entropy-coded data never holds FF D9, so wherever it stands behind the scan header, the picture is complete;
    // what follows (an MPO's further pictures, a camera's trailer) is not ours.
    for (let at = bytes.length; ; ) {
      at = bytes.lastIndexOf(0xd9, at - 1);
      if (at <= end.at) return truncated('The JPEG has no end-of-image marker: it was cut off.');
      if (bytes[at - 1] === 0xff) break;
    }
    return restarts && !areInTurn(bytes, end.at) ? shortage(bytes) : null;
  },
  async decode(bytes, header, request) {
    if (isDeep(bytes)) return decodeDeep(bytes, header, request, 'whole');
    if (wantsVips(bytes, header)) {
      const { decodeJpegByVips } = await import('./vips-classic');
      return decodeJpegByVips(bytes, frameOf(bytes).marker === lossless, request);
    }
    return inColour(bytes, header, request, async (shown) => {
      const job = { type: 'image/jpeg', label: 'JPEG', bytes, header: shown, request };
      const decoded = await decodeInBrowser(job);
      if (!decoded.ok || !mayBeFilled(decoded.value[0].raster, shown)) return decoded;
      return shortage(bytes) ?? decoded;
    });
  },
  async recover(bytes, header, request) {
    if (isDeep(bytes)) return decodeDeep(bytes, header, request, 'recover');
    return inColour(bytes, header, request, async (shown) => {
      const whole = { ...request, reduction: 1 };
      const job = { type: 'image/jpeg', label: 'JPEG', header: shown, request: whole };
      const covered = coverage(bytes);
      // With every block there, what the file lacks is its end.
      if (covered !== null && covered.found >= covered.expected) {
        const ended = new Uint8Array(bytes.length + 2);
        ended.set(bytes);
        ended.set([0xff, 0xd9], bytes.length);
        const decoded = await decodeInBrowser({ ...job, bytes: ended });
        if (decoded.ok) return decoded;
      }
      return recoverInBrowser({ ...job, bytes: withoutEnd(bytes) });
    });
  },
};

/** What decodes other depths than 8 bits is loaded when the first such file is met. */
async function decodeDeep(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const { decodeDeepJpeg } = await import('./jpeg-deep');
  return decodeDeepJpeg(bytes, header, profileOf(bytes, header), request, mending);
}

const isDeep = (bytes: Uint8Array) => frameOf(bytes).precision !== 8;

/** Decodes by the browser, which is told to leave the colours to us where it cannot convert them as we do. */
async function inColour(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
  decode: (header: Header) => Promise<Outcome<readonly DecodedFrame[]>>,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const profile = profileOf(bytes, header);
  const space = spaceOf(header);
  if (!areOurs(profile, space)) return decode(header);
  return framesInSrgb(await decode({ ...header, profile: false }), profile, space, request);
}

const spaceOf = ({ mode }: Header) => (mode === 'L' || mode === 'I;16' ? 'GRAY' : 'RGB');

/** The embedded profile, put together of its parts in their order (ICC.1:2022, B.4); null when one is missing. */
function profileOf(bytes: Uint8Array, header: Header): Uint8Array | null {
  if (!header.profile) return null;
  const parts: Uint8Array[] = [];
  let count = 0;
  walk(bytes, (marker, at, length) => {
    if (marker !== 0xe2 || length < profileHead || !hasText(bytes, at, 'ICC_PROFILE\0')) return;
    parts[bytes[at + 12] - 1] ??= bytes.subarray(at + profileHead, at + length);
    count ||= bytes[at + 13];
  });
  for (let i = 0; i < count; i++) if (parts[i] === undefined) return null;
  return count === 1 ? parts[0] : joinBytes(parts.slice(0, count));
}

/** Bytes before a part: the name, its number and how many there are. */
const profileHead = 14;

/** Damage when the picture's blocks are not all there. */
function shortage(bytes: Uint8Array): Outcome<never> | null {
  const covered = coverage(bytes);
  if (covered === null || covered.found >= covered.expected) return null;
  const share = Math.floor((100 * covered.found) / covered.expected);
  return truncated(
    `The JPEG's picture data ends, or makes no sense, after ${share} % of its blocks, before its end marker.`,
  );
}

/** True when the restart markers of the scan at `at` count from 0 to 7 and on. */
function areInTurn(bytes: Uint8Array, at: number): boolean {
  let turn = 0;
  for (let found = bytes.indexOf(0xff, at); found >= 0; found = bytes.indexOf(0xff, found + 1)) {
    const next = bytes[found + 1];
    if (next === 0 || next === 0xff) continue; // stuffing; padding
    if (next < 0xd0 || next > 0xd7) break; // the scan's end
    if (next !== 0xd0 + (turn++ & 7)) return false;
  }
  return true;
}

/**
 * True when a corner may be libjpeg's fill: blocks without coefficients, 128 in every component. A profile moves that grey
 * a little; what it becomes of inks is not foreseen.
 */
function mayBeFilled(raster: Pixels, { mode, profile }: Header): boolean {
  if (mode === 'CMYK' || mode === 'YCCK') return true;
  const { width, height, data } = raster;
  const [least, most] = profile ? [90, 190] : [126, 130];
  const isGrey = (x: number, y: number) => {
    const at = 4 * (y * width + x);
    const [low, high] = [Math.min(data[at], data[at + 1], data[at + 2]), Math.max(data[at], data[at + 1], data[at + 2])]; // biome-ignore format: a pair
    return low >= least && high <= most && high - low <= 2;
  };
  const [right, bottom] = [width - 1, height - 1];
  return isGrey(0, 0) || isGrey(right, 0) || isGrey(0, bottom) || isGrey(right, bottom);
}

/** The bytes before the end-of-image marker, so that a codec waits for the rest of the picture. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  const end = walk(bytes, () => undefined);
  if (end.kind !== 'scan') return bytes;
  for (let at = bytes.lastIndexOf(0xd9); at > end.at; at = bytes.lastIndexOf(0xd9, at - 1))
    if (bytes[at - 1] === 0xff) return bytes.subarray(0, at - 1);
  return bytes;
}

/** Browsers refuse some codings, and know no profiles of inks. */
function wantsVips(bytes: Uint8Array, { mode, profile }: Header): boolean {
  if (profile && (mode === 'CMYK' || mode === 'YCCK')) return true;
  return vipsFrames.has(frameOf(bytes).marker);
}

/** Lossless, and arithmetic coding, sequential and progressive: what libjpeg reads beside what browsers do. */
const vipsFrames: ReadonlySet<number> = new Set([lossless, 0xc9, 0xca]);
