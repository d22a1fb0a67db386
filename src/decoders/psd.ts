import { type Outcome, succeeded } from '../core/failure';
import type { Header, StoredMode } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { u16be, u32be } from './bytes';
import { framesInSrgb, wantsLcms } from './colours';
import { corrupt, truncated, unsupported } from './damage';
import type { Psd } from './psd-pixels';
import { type Mending, plainHeader } from './still';

/** Photoshop documents (PSD and PSB): the merged picture that they carry beside their layers. */
export const psd: Decoder = {
  id: 'psd',
  label: 'PSD',
  reduces: false,
  heavy(bytes) {
    const read = readPsd(bytes);
    return read.ok && wantsLcms(read.value.profile, profileSpace(read.value));
  },
  readHeader(bytes) {
    const read = readPsd(bytes);
    if (!read.ok) return read;
    const { size, alpha, exif, profile } = read.value;
    return succeeded<Header>({
      ...plainHeader('psd', size, modeOf(read.value), alpha),
      // Its orientation is of the camera's file: a document's pixels lie as they are shown.
      exif,
      profile: profile !== null,
    });
  },
  findDamage(bytes) {
    const read = readPsd(bytes);
    if (!read.ok) return read;
    const end = endOfPicture(bytes, read.value);
    if (end <= bytes.length) return null;
    return truncated(`The PSD's merged picture should reach byte ${end}; the file has ${bytes.length}.`);
  },
  decode: (bytes, header, request) => draw(bytes, header, request, 'whole'),
  recover: (bytes, header, request) => draw(bytes, header, request, 'recover'),
};

async function draw(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const read = readPsd(bytes);
  if (!read.ok) return read;
  const { drawPsd } = await import('./psd-pixels');
  const drawn = drawPsd(bytes, read.value, header, request, mending);
  // A profile of inks, or of Lab, is none of these colours.
  return framesInSrgb(drawn, read.value.profile, profileSpace(read.value), request);
}

const profileSpace = ({ space }: Psd) => (space === 'grey' ? 'GRAY' : 'RGB');

/** Reads the sections of a document (Adobe Photoshop File Formats Specification, 2019). */
function readPsd(bytes: Uint8Array): Outcome<Psd> {
  if (bytes.length < 30) return truncated(`The PSD ends inside its header, after ${bytes.length} bytes.`);
  const version = u16be(bytes, 4);
  if (version !== 1 && version !== 2) return corrupt(`The PSD is of version ${version}; 1 and 2 are known.`);
  const channels = u16be(bytes, 12);
  const size = { width: u32be(bytes, 18), height: u32be(bytes, 14) };
  const bits = ([1, 8, 16, 32] as const).find((known) => known === u16be(bytes, 22));
  const most = version === 1 ? 30_000 : 300_000;
  if (size.width === 0 || size.height === 0 || size.width > most || size.height > most)
    return corrupt(`The PSD's header declares ${size.width} × ${size.height} pixels.`);
  if (bits === undefined || channels === 0 || channels > 56)
    return corrupt(`The PSD declares ${channels} channels of ${u16be(bytes, 22)} bits.`);
  const mode = u16be(bytes, 24);
  const space = spaces[mode];
  if (space === undefined) {
    return mode === 7
      ? unsupported('The PSD is of spot colours (multichannel), which have no RGB.', 'Export it as PNG.')
      : corrupt(`The PSD is of the unknown colour mode ${mode}.`);
  }
  const colours = coloursOf[space];
  if (channels < colours) return corrupt(`The PSD has ${channels} channels for ${space.toUpperCase()}.`);

  const paletteLength = u32be(bytes, 26);
  const resourcesAt = 30 + paletteLength;
  const layersAt = resourcesAt + 4 + u32be(bytes, resourcesAt);
  const wide = version === 2;
  const layersLength = wide
    ? u32be(bytes, layersAt) * 2 ** 32 + u32be(bytes, layersAt + 4)
    : u32be(bytes, layersAt);
  const pictureAt = layersAt + (wide ? 8 : 4) + layersLength;
  if (pictureAt + 2 > bytes.length)
    return truncated(`The PSD's merged picture begins at byte ${pictureAt}; the file has ${bytes.length}.`);
  const resources = readResources(bytes, resourcesAt + 4, layersAt);
  const info = resources.get(versionInfo);
  // Photoshop leaves a blank picture there when it is told not to be compatible.
  if (info !== undefined && info.length > 4 && info[4] === 0)
    return unsupported(
      'The PSD was saved without its merged picture (“maximise compatibility” was off).',
      'Export it as PNG.',
    );
  const compression = u16be(bytes, pictureAt);
  if (compression > 3)
    return corrupt(`The PSD's picture is compressed by the unknown method ${compression}.`);
  if (compression > 1)
    return unsupported(
      'The PSD’s merged picture is compressed by ZIP, which is not decoded here.',
      'Export it as PNG.',
    );
  const layerCount = layersLength > 10 ? (u16be(bytes, layersAt + (wide ? 16 : 8)) << 16) >> 16 : 0;
  // Less than no layers says that the first channel behind the colours is opacity; a document without layers may just have it.
  const alpha =
    channels > colours &&
    space !== 'bitmap' &&
    space !== 'indexed' &&
    (layerCount < 0 || (layersLength <= 10 && channels === colours + 1));
  const transparent = resources.get(transparencyIndex);
  const transparentIndex = space === 'indexed' && transparent !== undefined ? u16be(transparent, 0) : null;
  return succeeded<Psd>({
    size,
    space,
    bits,
    colours,
    channels,
    alpha: alpha || transparentIndex !== null,
    matted: alpha && layerCount < 0,
    palette: bytes.subarray(30, Math.min(bytes.length, resourcesAt)),
    transparentIndex,
    exif: resources.get(exifResource) ?? null,
    profile: resources.get(iccResource) ?? null,
    rowBytes: Math.ceil((size.width * bits) / 8),
    packed: compression === 1,
    countBytes: wide ? 4 : 2,
    start: pictureAt + 2,
  });
}

const spaces: Readonly<Record<number, Psd['space']>> = {
  0: 'bitmap',
  1: 'grey',
  2: 'indexed',
  3: 'rgb',
  4: 'cmyk',
  8: 'grey', // a duotone is its grey picture and inks of nobody's business
  9: 'lab',
};

/** Channels that are colour. */
const coloursOf: Readonly<Record<Psd['space'], 1 | 3 | 4>> = {
  bitmap: 1,
  grey: 1,
  indexed: 1,
  rgb: 3,
  cmyk: 4,
  lab: 3,
};

const [iccResource, transparencyIndex, versionInfo, exifResource] = [1039, 1047, 1057, 1058];

/** The image resource blocks by their numbers. */
function readResources(bytes: Uint8Array, start: number, end: number): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = start; at + 12 <= Math.min(end, bytes.length); ) {
    const name = bytes[at + 6];
    const data = at + 6 + name + 1 + ((name + 1) & 1);
    const length = u32be(bytes, data);
    if (!(data + 4 + length <= end)) break;
    found.set(u16be(bytes, at + 4), bytes.subarray(data + 4, data + 4 + length));
    at = data + 4 + length + (length & 1);
  }
  return found;
}

function endOfPicture(bytes: Uint8Array, psd: Psd): number {
  const rows = psd.size.height * psd.channels;
  if (!psd.packed) return psd.start + rows * psd.rowBytes;
  let end = psd.start + rows * psd.countBytes;
  if (end > bytes.length) return end;
  const count = psd.countBytes === 2 ? u16be : u32be;
  for (let i = 0; i < rows; i++) end += count(bytes, psd.start + i * psd.countBytes);
  return end;
}

function modeOf({ space, bits, alpha }: Psd): StoredMode {
  if (space === 'bitmap') return '1';
  if (space === 'indexed') return 'P';
  if (space === 'lab') return 'LAB';
  if (space === 'cmyk') return bits === 16 ? 'CMYK;16' : 'CMYK';
  const name = space === 'grey' ? (alpha ? 'LA' : 'L') : alpha ? 'RGBA' : 'RGB';
  if (bits === 8) return name;
  if (name === 'L') return bits === 16 ? 'I;16' : 'F';
  if (name === 'LA') return 'LA;16';
  return bits === 16 ? `${name};16` : `${name};F`;
}
