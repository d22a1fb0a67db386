import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Size } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { decodeFrames } from './animated-image';
import { alphaAsPicture, takeAlpha } from './avif-alpha';
import { boxesIn, boxNamed } from './boxes';
import { decodeInBrowser } from './browser-image';
import { u32be } from './bytes';
import { areOurs, framesInSrgb, wantsLcms } from './colours';
import { corrupt, truncated } from './damage';
import { findItemDamage, type Items, itemMode, readItems } from './heif-items';

/**
 * AVIF stills and sequences: of a sequence the primary picture comes first unless further frames are wanted.
 *
 * It is corrupt when it ends inside a box or before the data of its items: AV1 gives no part of a picture.
 */
export const avif: Decoder = {
  id: 'avif',
  label: 'AVIF',
  reduces: false,
  heavy(bytes) {
    const items = itemsOf(bytes);
    return items !== null && wantsLcms(items.colours, spaceOf(items));
  },
  readHeader,
  findDamage: (bytes) => findItemDamage(bytes, 'AVIF'),
  async decode(bytes, header, request) {
    const items = itemsOf(bytes);
    const colours = items?.colours ?? null;
    const space = items === null ? 'RGB' : spaceOf(items);
    if (!areOurs(colours, space)) return decodeStored(bytes, header, request);
    const stored = await decodeStored(bytes, { ...header, profile: false }, request);
    return framesInSrgb(stored, colours, space, request);
  },
};

async function decodeStored(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const job = { type: 'image/avif', label: 'AVIF', request };
  // An opaque AVIF always comes out of WebCodecs as YUV planes; of one with alpha both doors give RGB, but only
  // WebCodecs can be told to leave the animation alone.
  const decoded = await decodeFrames({ ...job, bytes, header, door: header.alpha ? 'decoder' : 'bitmap' });
  const alpha = decoded.ok && header.alpha && isDeep(bytes) ? alphaAsPicture(bytes) : null;
  if (!decoded.ok || alpha === null) return decoded;
  const opaque = { ...header, alpha: false, profile: false };
  // The colours lie in the spare buffer already.
  const own = { ...request, frames: [0], spare: undefined };
  const plane = await decodeInBrowser({
    ...job,
    request: own,
    bytes: alpha,
    header: opaque,
    door: 'bitmap',
  });
  // Of a sequence the plane is that of the primary picture, which is frame 0.
  const [first] = decoded.value;
  if (plane.ok && first.frame === 0) takeAlpha(first.raster, plane.value[0].raster);
  return decoded;
}

function itemsOf(bytes: Uint8Array): Items | null {
  const meta = boxNamed(boxesIn(bytes, 0, bytes.length), 'meta');
  return meta === null ? null : readItems(bytes, meta);
}

const spaceOf = ({ monochrome }: Items) => (monochrome ? 'GRAY' : 'RGB');

const isDeep = (bytes: Uint8Array) => (itemsOf(bytes)?.depth ?? 8) > 8;

function readHeader(bytes: Uint8Array): Outcome<Header> {
  const boxes = boxesIn(bytes, 0, bytes.length);
  const meta = boxNamed(boxes, 'meta');
  if (meta?.cut) return truncated('The AVIF ends inside its header.');
  const items = meta === null ? null : readItems(bytes, meta);
  const track = readTrack(bytes);
  const size = items?.size ?? track?.size ?? null;
  if (size === null) {
    return boxes.some((box) => box.cut) || boxes.length < 2
      ? truncated(`The AVIF ends inside its header, after ${bytes.length} bytes.`)
      : corrupt('The AVIF has no header that gives its size (ispe).');
  }
  if (size.width === 0 || size.height === 0) {
    return corrupt(`The AVIF's header declares ${size.width} × ${size.height} pixels.`);
  }
  const alpha = items?.alpha ?? false;
  return succeeded({
    format: 'avif',
    size,
    mode: itemMode({ depth: items?.depth ?? 8, monochrome: items?.monochrome ?? false, alpha }),
    alpha,
    frames: Math.max(1, track?.frames ?? 1),
    exif: items?.exif ?? null,
    xmp: items?.xmp ?? null,
    iptc: null,
    // The container's rotation alone is shown; EXIF's is for information (MIAF, ISO/IEC 23000-22, 7.3.9).
    orientation: items?.orientation ?? 1,
    profile: items?.colours instanceof Uint8Array,
  });
}

/** The size and count of frames of a sequence: its first track's header (tkhd) and sample sizes (stsz). */
function readTrack(bytes: Uint8Array): { readonly size: Size; readonly frames: number } | null {
  const inside = (name: string, boxes: ReturnType<typeof boxesIn>) => {
    const box = boxNamed(boxes, name);
    return box === null ? [] : boxesIn(bytes, box.start, box.end);
  };
  const track = inside('trak', inside('moov', boxesIn(bytes, 0, bytes.length)));
  const header = boxNamed(track, 'tkhd');
  if (header === null) return null;
  // Both are 16.16 fixed point and the last fields, in either version of the box.
  const size = { width: u32be(bytes, header.end - 8) >>> 16, height: u32be(bytes, header.end - 4) >>> 16 };
  const sizes = boxNamed(inside('stbl', inside('minf', inside('mdia', track))), 'stsz');
  return { size, frames: sizes === null ? 1 : u32be(bytes, sizes.start + 8) };
}
