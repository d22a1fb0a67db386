import { assert } from '../base/assert';
import { hex } from '../base/checksum';
import { failed, type Outcome, succeeded } from '../core/failure';
import { chooseFrames } from '../core/frames';
import type { Decoded, DecodedFrame, Header, ImageMeta, ImageRef, Origin, Size } from '../core/image';
import { unpackMember } from '../core/member';
import type { DecodeRequest, Decoder } from '../core/plugin';
import type { DecodeKnobs } from '../core/reading-knobs';
import type { Recipe } from '../core/recipe';
import { type Sniffed, sniff, sniffBytes } from '../core/sniff';
import { tooLargeMetadata, withoutWayOut } from './damage';
import { carriedExif } from './exif-block';
import { decoders } from './index';
import { readMetadata } from './metadata';
import { notDecodable } from './not-decodable';
import { orientedSize } from './orient';
import { reductionFor } from './reduction';
import { stretch, stretches } from './stretch';

/** What is wanted of every image alike. */
export interface DecodeWish {
  /** Size in upright pixels, margin included, below which a reduced decode must not fall; null is full size. */
  readonly wanted: Size | null;
  /** True when more than 8 bits are wanted where the file has them. */
  readonly deep: boolean;
  /** True when pixels may be averaged before they are resampled: not where they are labels, which `nearest` keeps. */
  readonly averages?: boolean;
  /** True when the EXIF block is wanted that re-encoded pictures carry. */
  readonly keepExif?: boolean;
  readonly knobs: Recipe['decode'];
}

/** What became of an image, and the milliseconds that opening (reading, header) and decoding took. */
export interface DecodeResult {
  /** Null when the image wants a codec worker and this is none: nothing was decoded. */
  readonly outcome: Outcome<Decoded> | null;
  /** The file's bytes where the outcome is null, so that the codec worker need not read them again. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly openMs: number;
  readonly decodeMs: number;
}

/**
 * Opens, checks and decodes one image to upright RGBA. Bad input is a failure, never an exception. Heavy decoders run
 * only where `codecs` is true: in a codec worker. Pixels may be given in `spare`, which then belongs to them. A file is
 * read unless its bytes are given; a link's bytes always are.
 */
export async function decodeImage(
  ref: ImageRef,
  wish: DecodeWish,
  codecs: boolean,
  spare?: ArrayBuffer,
  given?: Uint8Array<ArrayBuffer>,
): Promise<DecodeResult> {
  const start = performance.now();
  const opened = await open(ref, wish.knobs, given);
  const openedAt = performance.now();
  const openMs = openedAt - start;
  if (!opened.ok) return { outcome: opened, bytes: null, openMs, decodeMs: 0 };
  const { bytes, decoder, header } = opened.value;
  if (!codecs && decoder.heavy(bytes, header)) return { outcome: null, bytes, openMs, decodeMs: 0 };
  const outcome = await decode(
    { ...opened.value, header: await counted(decoder, bytes, header) },
    wish,
    spare,
  );
  return { outcome, bytes: null, openMs, decodeMs: performance.now() - openedAt };
}

/** A header with the frames that only the codec can count; a file that is damaged is left to its verdict: its first may be had. */
async function counted(decoder: Decoder, bytes: Uint8Array, header: Header): Promise<Header> {
  const { countFrames } = decoder;
  if (countFrames === undefined || decoder.findDamage(bytes) !== null) return header;
  const frames = await countFrames(bytes, header);
  return frames.ok ? { ...header, frames: frames.value } : header;
}

interface Opened {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly decoder: Decoder;
  readonly header: Header;
}

async function open(
  ref: ImageRef,
  knobs: Recipe['decode'],
  given: Uint8Array<ArrayBuffer> | undefined,
): Promise<Outcome<Opened>> {
  const read = given === undefined ? await readOnce(ref, knobs.max_megabytes) : notEmpty(given);
  if (!read.ok) return read;
  const bytes = read.value;
  const sniffed = sniff(bytes.subarray(0, sniffBytes));
  const decoder = decoderOf(sniffed);
  if (decoder === null) return notDecodable(sniffed, ref.key);
  const header = decoder.readHeader(bytes);
  if (!header.ok) return header;
  const { width, height } = header.value.size;
  const megapixels = (width * height) / 1e6;
  if (megapixels > knobs.max_megapixels) {
    return failed(
      'decode',
      'too-large',
      `Its header declares ${width} × ${height} pixels, ${megapixels.toFixed(1)} MP; decode.max_megapixels allows ${knobs.max_megapixels}.`,
    );
  }
  const maxMetadataBytes = knobs.max_metadata_megabytes * 1e6;
  const { exif } = header.value;
  if (exif !== null && exif.length > maxMetadataBytes)
    return tooLargeMetadata('Its EXIF block', exif.length, maxMetadataBytes);
  return succeeded({ bytes, decoder, header: header.value });
}

/** Reads the file's bytes, whose size is known before, and says why when it cannot be read. */
async function readOnce(
  { origin, bytes: size }: ImageRef,
  maxMegabytes: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  if (origin.kind === 'refused') return { ok: false, failure: origin.failure };
  if (size !== null && size > maxMegabytes * 1e6) {
    return failed(
      'decode',
      'too-large',
      `The file has ${(size / 1e6).toFixed(1)} MB; decode.max_megabytes allows ${maxMegabytes}.`,
    );
  }
  try {
    const read = await readOrigin(origin, size ?? 0);
    return read.ok ? notEmpty(read.value) : read;
  } catch (error) {
    return unreadable(error);
  }
}

async function readOrigin(
  origin: Exclude<Origin, { readonly kind: 'refused' }>,
  size: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  assert(origin.kind !== 'link', 'a link is fetched before it is decoded');
  if (origin.kind === 'file') return succeeded(new Uint8Array(await origin.file.arrayBuffer()));
  const record = await origin.of.slice(origin.start, origin.end).arrayBuffer();
  return unpackMember(new Uint8Array(record), origin, size);
}

function notEmpty(bytes: Uint8Array<ArrayBuffer>): Outcome<Uint8Array<ArrayBuffer>> {
  if (bytes.length > 0) return succeeded(bytes);
  return failed('decode', 'empty', 'The file has 0 bytes. Copy or download it again.');
}

function unreadable(error: unknown): Outcome<never> {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotFoundError') {
    return failed(
      'decode',
      'gone',
      'The file is no longer there. Put it back and retry, or list the folder again.',
    );
  }
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return failed('decode', 'permission', 'The permission to read the file was lost. Pick the folder again.');
  }
  if (name === 'NotReadableError') {
    return failed(
      'decode',
      'changed',
      'The file was changed, or locked, after it was listed. List the folder again to take it as it is now.',
    );
  }
  return failed('decode', 'internal', `The file could not be read: ${String(error)}.`);
}

const decoderOf = (sniffed: Sniffed) => decoders.find((decoder) => decoder.id === sniffed) ?? null;

async function decode(
  { bytes, decoder, header }: Opened,
  wish: DecodeWish,
  spare: ArrayBuffer | undefined,
): Promise<Outcome<Decoded>> {
  const { wanted, deep, keepExif = false, knobs } = wish;
  const { orientation } = header;
  const frames = chooseFrames(header, knobs, deep);
  if (!frames.ok) return frames;
  // Under way on another thread while the picture is decoded.
  const digest = crypto.subtle.digest('SHA-256', bytes);
  const reduction = mayReduce(decoder, wish, frames.value) ? reductionFor(header, wanted) : 1;
  const request: DecodeRequest = {
    reduction,
    orientation,
    wanted,
    frames: frames.value,
    // What is stretched needs its bits until then.
    deep: deep || stretches(knobs.range),
    range: knobs.range,
    // The file's own numbers are no longer its own once a profile is applied.
    colour: knobs.range === 'stored' ? 'as-stored' : knobs.colour,
    maxMetadataBytes: knobs.max_metadata_megabytes * 1e6,
    spare,
  };
  const [judged, { metadata, privacy }, hash] = await Promise.all([
    judge(decoder, bytes, header, request, knobs.damaged),
    readMetadata(header, { values: knobs.exif, gps: knobs.gps, personal: knobs.personal }),
    digest,
  ]);
  if (!judged.ok) return judged;
  const { frames: decoded, damaged } = judged.value;
  const [{ frame, raster, scale }] = decoded;
  const oriented = orientedSize(header.size, orientation);
  // Later pages may have sizes of their own.
  if (
    frame === 0 &&
    (raster.width !== Math.ceil(oriented.width / scale) ||
      raster.height !== Math.ceil(oriented.height / scale))
  ) {
    return failed(
      'decode',
      'corrupt',
      `The header declares ${oriented.width} × ${oriented.height} pixels, but ${raster.width} × ${raster.height} came out at 1/${scale}.`,
    );
  }
  const meta: ImageMeta = {
    format: header.format,
    mode: header.mode,
    bytes: bytes.length,
    sha256: hex(new Uint8Array(hash)),
    stored: header.size,
    oriented,
    orientation,
    frames: header.frames,
    damaged,
    exif: metadata,
    privacy,
    exifBlock: keepExif && header.exif !== null ? carriedExif(header.exif) : null,
  };
  const { range } = knobs;
  if (!stretches(range)) return succeeded({ meta, frames: decoded });
  const stretched = decoded.map((each) => ({ ...each, raster: stretch(each.raster, range, deep) }));
  return succeeded({ meta, frames: stretched });
}

/** Averages have 8 bits, which is less than a deep decode keeps; later pages have sizes of their own. */
function mayReduce(
  { reduces }: Decoder,
  { averages = false, deep, knobs }: DecodeWish,
  frames: readonly number[],
): boolean {
  if (knobs.mode === 'exact' || reduces === false) return false;
  if (reduces === 'scaled') return true;
  return averages && !deep && knobs.range === 'type' && frames.length === 1 && frames[0] === 0;
}

interface Judged {
  readonly frames: readonly DecodedFrame[];
  /** What is wrong, when these are what could be recovered; null for a valid file. */
  readonly damaged: string | null;
}

/**
 * Decodes and decides the verdict. A file is *valid* when its structure is sound and its decoder takes it, *damaged* when one of
 * the two says `truncated` or `corrupt` but {@link Decoder.recover} gives pixels, and *corrupt* when it gives none. A
 * damaged file is a failure that says so (`recoverable`), unless damaged ones are kept.
 */
async function judge(
  decoder: Decoder,
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
  policy: DecodeKnobs['damaged'],
): Promise<Outcome<Judged>> {
  const decoded = decoder.findDamage(bytes) ?? (await decoder.decode(bytes, header, request));
  if (decoded.ok) return succeeded({ frames: decoded.value, damaged: null });
  const { code, message, stage } = decoded.failure;
  if (decoder.recover === undefined || (code !== 'truncated' && code !== 'corrupt')) return decoded;
  const recovered = await decoder.recover(bytes, header, request);
  if (!recovered.ok) return decoded;
  const what = withoutWayOut(message);
  if (policy === 'keep') return succeeded({ frames: recovered.value, damaged: what });
  const wayOut = `${message} Part of the picture can be recovered: set decode.damaged to keep to take it.`;
  return { ok: false, failure: { stage, code, message: wayOut, recoverable: true } };
}
