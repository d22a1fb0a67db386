import { failed, type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { corrupt, truncated, unsupported } from './damage';
import { type DirectoryChain, readChain } from './tiff-chain';
import { tiffMetadataBlocks } from './tiff-metadata';
import { compressionName, maxSamples, type Page, readPage, tags } from './tiff-page';
import { routeOf } from './tiff-route';

/** TIFF 6.0 with its technical notes and libtiff's extensions. */
export const tiff: Decoder = tiffDecoder('tiff', 'TIFF');

/** BigTIFF: the same with 64-bit offsets. */
export const bigtiff: Decoder = tiffDecoder('bigtiff', 'BigTIFF');

function tiffDecoder(id: 'tiff' | 'bigtiff', label: string): Decoder {
  return {
    id,
    label,
    reduces: 'averaged',
    heavy: () => true,
    readHeader: (bytes) => readHeader(bytes, id, label),
    findDamage(bytes) {
      const page = pagesOf(readChain(bytes))[0];
      return page === undefined ? null : (findCut(page, bytes.length, label) ?? null);
    },
    decode: (bytes, _header, request) => decode(bytes, label, request),
    async recover(bytes, _header, request) {
      const { recoverTiffByVips } = await import('./vips-classic');
      return recoverTiffByVips(bytes, label, request);
    },
  };
}

function readHeader(bytes: Uint8Array, id: 'tiff' | 'bigtiff', label: string): Outcome<Header> {
  const chain = readChain(bytes);
  if (chain === null) return truncated(`The ${label} ends inside its header, after ${bytes.length} bytes.`);
  if (chain.directories.length === 0) {
    return chain.first === 0
      ? corrupt(`The ${label} has no picture: its first directory is nowhere.`)
      : truncated(
          `The ${label}'s first directory should be at byte ${chain.first}; the file has ${bytes.length}.`,
        );
  }
  const pages = pagesOf(chain);
  const [page] = pages;
  const wrong = findWrong(page, label, chain);
  if (wrong !== null) return wrong;
  return succeeded({
    format: id,
    size: page.size,
    mode: page.mode,
    alpha: page.alpha !== null,
    frames: pages.length,
    ...tiffMetadataBlocks(bytes),
    orientation: page.orientation,
    profile: page.profile,
  });
}

/**
 * The pictures of a file: its directories without those that hold a smaller version or a mask of another
 * (NewSubfileType, bits 0 and 2). The first always counts.
 */
function pagesOf(chain: DirectoryChain | null): readonly Page[] {
  const directories = chain?.directories ?? [];
  return directories
    .filter((directory, i) => i === 0 || ((directory.number(tags.subfileType) ?? 0) & 5) === 0)
    .map(readPage);
}

/** What forbids a decode, told from the first page's tags. */
function findWrong(page: Page, label: string, chain: DirectoryChain): Outcome<never> | null {
  const { directory, size, samples, bits, sampleFormat, compression } = page;
  if (directory.has(tags.dngVersion) || isPreview(page)) {
    return unsupported(
      `The file is a camera's raw photograph that looks like a ${label}.`,
      'Develop it to TIFF, PNG or JPEG first.',
    );
  }
  if (size.width === 0 || size.height === 0) {
    if (!directory.whole) return truncated(`The ${label} ends inside its directory.`);
    return corrupt(`The ${label}'s header declares ${size.width} × ${size.height} pixels.`);
  }
  const cut = needed.find((tag) => directory.cut(tag));
  if (cut !== undefined)
    return truncated(`The ${label}'s values of tag ${cut} lie beyond its end, byte ${chain.first}.`);
  if (!needed.some((tag) => offsets.has(tag) && directory.count(tag) > 0)) {
    return directory.whole
      ? corrupt(`The ${label} does not say where its picture data is.`)
      : truncated(`The ${label} ends inside its directory.`);
  }
  if (samples === 0 || samples > maxSamples || bits === 0 || bits > 64) {
    return corrupt(`The ${label}'s header declares ${samples} samples a pixel with ${bits} bits each.`);
  }
  if (sampleFormat === 5 || sampleFormat === 6)
    return unsupported(`The ${label} holds complex numbers.`, convert);
  if (routeOf(page) === null) {
    return unsupported(
      `The file is ${article(compressionName(compression))} ${label}${kindOf(page)}, which is not decoded.`,
      convert,
    );
  }
  return null;
}

const convert = 'Convert it to an uncompressed or LZW-compressed TIFF of 8 or 16 bits.';

const article = (adjective: string) =>
  /^(un|[aeio]|LZ|LE)/i.test(adjective) ? `an ${adjective}` : `a ${adjective}`;

const kindOf = ({ bits, samples }: Page) => ` of ${samples} × ${bits} bits`;

/** Cameras' raw files begin with a small preview and keep the photograph in a directory below it. */
const isPreview = ({ directory }: Page) =>
  ((directory.number(tags.subfileType) ?? 0) & 1) === 1 && directory.has(tags.subDirectories);

const offsets: ReadonlySet<number> = new Set([tags.stripOffsets, tags.tileOffsets, tags.jpegStart]);

/** Tags without whose values nothing can be decoded. */
const needed = [
  tags.bits,
  tags.sampleFormat,
  tags.stripOffsets,
  tags.stripBytes,
  tags.tileOffsets,
  tags.tileBytes,
  tags.jpegStart,
  tags.colorMap,
  tags.jpegTables,
];

/** Strips or tiles that lie beyond the end of the file. One of no bytes is left out on purpose (GDAL's sparse files). */
function findCut(page: Page, fileBytes: number, label: string): Outcome<never> | undefined {
  const { directory, tiled } = page;
  const starts = directory.numbers(tiled ? tags.tileOffsets : tags.stripOffsets, maxBlocks);
  const sizes = directory.numbers(tiled ? tags.tileBytes : tags.stripBytes, maxBlocks);
  let end = 0;
  starts.forEach((start, i) => {
    const size = sizes[i] ?? 0;
    if (size > 0 || i === 0) end = Math.max(end, start + size);
  });
  if (end <= fileBytes) return undefined;
  return truncated(`The ${label}'s picture data should reach byte ${end}; the file has ${fileBytes}.`);
}

/** Strips or tiles that are looked at: more would be slow, and 200 MP in tiles of 64 pixels have fewer. */
const maxBlocks = 1 << 20;

async function decode(
  bytes: Uint8Array,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const chain = readChain(bytes);
  const pages = pagesOf(chain);
  const frames: DecodedFrame[] = [];
  for (const frame of request.frames) {
    const page = pages[frame];
    if (page === undefined) return truncated(`The ${label} has no page ${frame + 1}.`);
    const wrong = checkPage(page, frame, bytes.length, label);
    if (wrong !== null) return wrong;
    const decoded = await decodePage(bytes, chain, page, frame, label, request);
    if (!decoded.ok) return decoded;
    frames.push(decoded.value);
  }
  return succeeded(frames);
}

function checkPage(page: Page, frame: number, fileBytes: number, label: string): Outcome<never> | null {
  const { width, height } = page.size;
  const cut = frame === 0 ? undefined : findCut(page, fileBytes, label);
  if (cut !== undefined) return cut;
  if (width === 0 || height === 0)
    return corrupt(`The ${label}'s page ${frame + 1} declares ${width} × ${height} pixels.`);
  const pageBytes = width * height * page.samples * Math.max(1, page.bits / 8);
  const blockHeight = page.tiled
    ? (page.directory.number(tags.tileHeight) ?? 0)
    : Math.min(height, page.directory.number(tags.rowsPerStrip) ?? height);
  const blockWidth = page.tiled ? (page.directory.number(tags.tileWidth) ?? 0) : width;
  const blockBytes = (blockWidth * blockHeight * page.samples * page.bits) / 8;
  if (Math.max(pageBytes, blockBytes) > maxPageBytes) {
    return failed(
      'decode',
      'too-large',
      `Its page ${frame + 1} has ${(Math.max(pageBytes, blockBytes) / 1e6).toFixed(0)} MB when it is decoded; ${maxPageBytes / 1e6} MB is the most. Scale it down, or save fewer channels.`,
    );
  }
  return null;
}

/** The codec's memory ends at 2 GB, and holds the picture beside the file and what is being decoded. */
const maxPageBytes = 1.2e9;

async function decodePage(
  bytes: Uint8Array,
  chain: DirectoryChain | null,
  page: Page,
  frame: number,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<DecodedFrame>> {
  const turned = { ...request, orientation: frame === 0 ? request.orientation : page.orientation };
  switch (routeOf(page)) {
    case 'vips': {
      const { decodeTiffByVips } = await import('./tiff-vips');
      const position = chain?.directories.findIndex(({ at }) => at === page.directory.at) ?? frame;
      return decodeTiffByVips(bytes, page, position, frame, label, turned);
    }
    case 'samples': {
      const { decodeTiffBySamples } = await import('./tiff-own');
      return decodeTiffBySamples(bytes, page, chain?.little ?? true, frame, label, turned);
    }
    case 'old-jpeg': {
      const { decodeOldJpeg } = await import('./tiff-old-jpeg');
      return decodeOldJpeg(bytes, page, frame, label, turned);
    }
    default:
      return unsupported(
        `The ${label}'s page ${frame + 1} is ${compressionName(page.compression)}.`,
        convert,
      );
  }
}
