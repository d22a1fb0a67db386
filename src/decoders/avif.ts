import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { alphaAsPicture, takeAlpha } from './avif-alpha';
import { readItems } from './avif-items';
import { boxesIn, boxNamed } from './boxes';
import { decodeInBrowser } from './browser-image';
import { u32be } from './bytes';
import { corrupt, truncated } from './damage';

/** AVIF stills, and the primary picture of AVIF sequences. */
export const avif: Decoder = {
  id: 'avif',
  label: 'AVIF',
  reduces: false,
  readHeader,
  findDamage(bytes) {
    const boxes = boxesIn(bytes, 0, bytes.length);
    if (boxes.some((box) => box.cut)) return truncated('The AVIF ends inside a box: it was cut off.');
    const meta = boxNamed(boxes, 'meta');
    const items = meta === null ? null : readItems(bytes, meta);
    if (items !== null && items.dataEnd > bytes.length) {
      return truncated(
        `The AVIF's picture data should reach byte ${items.dataEnd}; the file has ${bytes.length}.`,
      );
    }
    return null;
  },
  async decode(bytes, header, reduction, orientation) {
    const job = { type: 'image/avif', label: 'AVIF', reduction, orientation };
    // An opaque AVIF always comes out of WebCodecs as YUV planes; of one with alpha both doors give RGB, but only
    // WebCodecs can be told to leave the animation alone.
    const door = header.alpha ? 'decoder' : 'bitmap';
    const decoded = await decodeInBrowser({ ...job, bytes, header, door });
    const alpha = decoded.ok && header.alpha && isDeep(bytes) ? alphaAsPicture(bytes) : null;
    if (!decoded.ok || alpha === null) return decoded;
    const opaque = { ...header, alpha: false, profile: false };
    const plane = await decodeInBrowser({ ...job, bytes: alpha, header: opaque, door: 'bitmap' });
    if (plane.ok) takeAlpha(decoded.value.raster, plane.value.raster);
    return decoded;
  },
};

function isDeep(bytes: Uint8Array): boolean {
  const meta = boxNamed(boxesIn(bytes, 0, bytes.length), 'meta');
  return meta !== null && (readItems(bytes, meta)?.depth ?? 8) > 8;
}

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
  const exif = items?.exif ?? null;
  return succeeded({
    format: 'avif',
    size,
    mode: modeOf(items?.depth ?? 8, items?.monochrome ?? false, alpha),
    alpha,
    frames: Math.max(1, track?.frames ?? 1),
    exif,
    // The container's rotation alone is shown; EXIF's is for information (MIAF, ISO/IEC 23000-22, 7.3.9).
    orientation: items?.orientation ?? 1,
    profile: items?.profile ?? false,
  });
}

function modeOf(depth: number, monochrome: boolean, alpha: boolean): StoredMode {
  if (alpha) return 'RGBA';
  if (monochrome) return 'L';
  return depth === 10 ? 'RGB;10' : depth === 12 ? 'RGB;12' : 'RGB';
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
