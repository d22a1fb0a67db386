import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { fourCharacters, u32le } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import type { Dds } from './dds-pixels';
import { type Mending, plainHeader } from './still';

/** DirectDraw surfaces: uncompressed and BC1 to BC5, the largest level of the first picture of a cube, an array or a volume. */
export const dds: Decoder = {
  id: 'dds',
  label: 'DDS',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const read = readDds(bytes);
    if (!read.ok) return read;
    const { size, mode, alpha } = read.value;
    return succeeded<Header>(plainHeader('dds', size, mode, alpha));
  },
  findDamage(bytes) {
    const read = readDds(bytes);
    if (!read.ok) return read;
    const { size, start, coding } = read.value;
    const blocks = Math.ceil(size.width / 4) * Math.ceil(size.height / 4);
    const wanted =
      start +
      (coding.kind === 'blocks'
        ? blocks * (coding.block === 'bc1' || coding.block === 'bc4' ? 8 : 16)
        : size.width * size.height * coding.bytesPerPixel);
    if (wanted <= bytes.length) return null;
    return truncated(
      `The DDS's ${size.width} × ${size.height} pixels need ${wanted} bytes; it has ${bytes.length}.`,
    );
  },
  decode: (bytes, header, request) => draw(bytes, header, request, 'whole'),
  recover: (bytes, header, request) => draw(bytes, header, request, 'recover'),
};

async function draw(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const read = readDds(bytes);
  if (!read.ok) return read;
  const { drawDds } = await import('./dds-pixels');
  return drawDds(bytes, read.value, header, request, mending);
}

type Kind = Pick<Dds, 'coding' | 'mode' | 'alpha'>;

/** Reads DDS_HEADER, and DDS_HEADER_DXT10 behind it (Microsoft, "Programming guide for DDS"). */
function readDds(bytes: Uint8Array): Outcome<Dds> {
  if (bytes.length < 128) return truncated(`The DDS ends inside its header, after ${bytes.length} bytes.`);
  const size = { width: u32le(bytes, 16), height: u32le(bytes, 12) };
  if (size.width === 0 || size.height === 0)
    return corrupt(`The DDS's header declares ${size.width} × ${size.height} pixels.`);
  const flags = u32le(bytes, 80);
  if ((flags & fourCcFlag) === 0) {
    const kind = maskedKind(bytes, flags);
    return kind === null
      ? refused(`pixels of the flags 0x${flags.toString(16)} with ${u32le(bytes, 88)} bits`)
      : succeeded({ ...kind, size, premultiplied: false, start: 128 });
  }
  const code = fourCharacters(bytes, 84);
  if (code === 'DX10') {
    if (bytes.length < 148) return truncated(`The DDS ends inside its header, after ${bytes.length} bytes.`);
    const number = u32le(bytes, 128);
    const kind = dxgiKinds[number];
    if (kind === undefined) return refused(dxgiNames[number] ?? `pixels of the DXGI format ${number}`);
    return succeeded({ ...kind, size, premultiplied: false, start: 148 });
  }
  const kind = fourCcKinds[code] ?? numberKinds[u32le(bytes, 84)];
  if (kind === undefined) return refused(`pixels of the kind “${code.replace(/[^ -~]/g, '?')}”`);
  return succeeded({ ...kind, size, premultiplied: code === 'DXT2' || code === 'DXT4', start: 128 });
}

const refused = (what: string) =>
  unsupported(`The DDS holds ${what}, which are not decoded here.`, 'Save it as PNG.');

const [alphaFlag, alphaOnlyFlag, fourCcFlag, rgbFlag, greyFlag] = [1, 2, 4, 0x40, 0x20000];

function maskedKind(bytes: Uint8Array, flags: number): Kind | null {
  const bits = u32le(bytes, 88);
  if (bits % 8 !== 0 || bits < 8 || bits > 32) return null;
  const [red, green, blue, opacity] = [92, 96, 100, 104].map((at) => u32le(bytes, at));
  const alpha = (flags & (alphaFlag | alphaOnlyFlag)) !== 0 && opacity !== 0;
  const grey = (flags & greyFlag) !== 0;
  if (!grey && (flags & (rgbFlag | alphaOnlyFlag)) === 0) return null;
  // Of grey, some writers fill in masks that the pixels have no bits for: Pillow is one.
  const fits = (mask: number) => mask > 0 && mask <= 2 ** bits - 1;
  const light = fits(red) ? red : 0xff;
  const masks = grey ? [light, light, light] : [red, green, blue];
  const last = !alpha ? 0 : fits(opacity) || !grey ? opacity : 0xff << (bits - 8);
  return masked([...masks, last], bits / 8, grey);
}

function masked(masks: readonly number[], bytesPerPixel: number, grey = false): Kind {
  const alpha = masks[3] !== 0;
  const mode = grey ? (alpha ? 'LA' : 'L') : alpha ? 'RGBA' : 'RGB';
  return { coding: { kind: 'masks', bytesPerPixel, masks, grey }, mode, alpha };
}

const blocks = (block: 'bc1' | 'bc2' | 'bc3' | 'bc4' | 'bc5'): Kind => ({
  coding: { kind: 'blocks', block },
  mode: block === 'bc4' ? 'L' : block === 'bc5' ? 'RGB' : 'RGBA',
  alpha: block !== 'bc4' && block !== 'bc5',
});

const deep = (type: 'half' | 'float' | 'word', bytesPerPixel: number): Kind => ({
  coding: { kind: 'deep', type, bytesPerPixel },
  mode: type === 'word' ? 'RGBA;16' : 'RGBA;F',
  alpha: true,
});

const fourCcKinds: Readonly<Record<string, Kind>> = {
  DXT1: blocks('bc1'),
  DXT2: blocks('bc2'),
  DXT3: blocks('bc2'),
  DXT4: blocks('bc3'),
  DXT5: blocks('bc3'),
  ATI1: blocks('bc4'),
  BC4U: blocks('bc4'),
  ATI2: blocks('bc5'),
  BC5U: blocks('bc5'),
};

/** Direct3D 9's numbers, where others have four characters. */
const numberKinds: Readonly<Record<number, Kind>> = {
  36: deep('word', 8),
  113: deep('half', 8),
  116: deep('float', 16),
};

const rgba = masked([0xff, 0xff00, 0xff0000, 0xff000000], 4);
const bgra = masked([0xff0000, 0xff00, 0xff, 0xff000000], 4);
const bgrx = masked([0xff0000, 0xff00, 0xff, 0], 4);

const dxgiKinds: Readonly<Record<number, Kind>> = {
  2: deep('float', 16),
  10: deep('half', 8),
  11: deep('word', 8),
  27: rgba,
  28: rgba,
  29: rgba,
  61: masked([0xff, 0xff, 0xff, 0], 1, true),
  70: blocks('bc1'),
  71: blocks('bc1'),
  72: blocks('bc1'),
  73: blocks('bc2'),
  74: blocks('bc2'),
  75: blocks('bc2'),
  76: blocks('bc3'),
  77: blocks('bc3'),
  78: blocks('bc3'),
  79: blocks('bc4'),
  80: blocks('bc4'),
  82: blocks('bc5'),
  83: blocks('bc5'),
  87: bgra,
  88: bgrx,
  90: bgra,
  91: bgra,
  92: bgrx,
  93: bgrx,
};

const dxgiNames: Readonly<Record<number, string>> = {
  81: 'signed BC4 blocks',
  84: 'signed BC5 blocks',
  94: 'BC6H blocks',
  95: 'BC6H blocks',
  96: 'BC6H blocks',
  97: 'BC7 blocks',
  98: 'BC7 blocks',
  99: 'BC7 blocks',
};
