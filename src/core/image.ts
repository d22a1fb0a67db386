import type { Failure } from './failure';
import type { MemberSpan } from './member';
import type { Privacy } from './privacy';

/** Where an image's bytes lie: cloneable, opened only where they are decoded. */
export type Origin =
  /** The bytes as they were when listed. Reading fails when the file changes or goes. */
  | { readonly kind: 'file'; readonly file: File }
  /** A part of an archive. */
  | ({ readonly kind: 'member'; readonly of: Blob } & MemberSpan)
  /** Listing found that they cannot be read: the image fails, and says why. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  | LinkOrigin;

/** Something to be fetched: all that a link gives, or a part of it. */
export interface LinkOrigin {
  readonly kind: 'link';
  /** Exactly as given: a signed link is good in no other spelling. May hold secrets, which no message and no output tells. */
  readonly url: string;
  /** What the bytes must hash to, lower-case hex, where the list says. */
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
  /** Of the object as it was listed. */
  readonly etag?: string | undefined;
  /** The member of a remote archive that is meant, `bytes` long once it is unpacked. */
  readonly part?: (MemberSpan & { readonly bytes: number }) | undefined;
}

/** An image's name and where its bytes lie: small, cloneable, sent to a decode worker that opens it. */
export interface ImageRef {
  /** Path relative to the source, `/`-separated, unique in the listing. */
  readonly key: string;
  readonly origin: Origin;
  /** Size as listed; null where the source does not say. */
  readonly bytes: number | null;
  /** Milliseconds since 1970; null where unknown. */
  readonly modified: number | null;
  /** What the source itself says of the image beside its label, carried into the output as a table's columns are. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** The label that the source itself gives; null where it says that there is none. */
  readonly label?: string | null | undefined;
}

/** Refers to a picked file. */
export const fileRef = (key: string, file: File): ImageRef => ({
  key,
  origin: { kind: 'file', file },
  bytes: file.size,
  modified: file.lastModified,
});

/** A zip or tar behind a link. What is said of it is said of each of its images, unless it says something else itself. */
export interface RemoteArchive extends Pick<ImageRef, 'key' | 'bytes' | 'modified' | 'label' | 'columns'> {
  readonly kind: 'archive';
  readonly link: LinkOrigin;
}

/** What a source finds on its way. */
export type Listed =
  | { readonly kind: 'image'; readonly ref: ImageRef }
  /** A sidecar table that may hold labels: `metadata.csv` or `metadata.jsonl`. */
  | { readonly kind: 'table'; readonly key: string; readonly file: Blob }
  /** A zip or tar, whose members are listed in its place. */
  | { readonly kind: 'archive'; readonly key: string; readonly file: File }
  | RemoteArchive
  /** What a person should know of the listing as a whole, in a sentence. */
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'left-out';
      readonly key: string;
      readonly why: 'hidden' | 'not-an-image';
    };

export interface Size {
  /** Pixels, at least 1. */
  readonly width: number;
  /** Pixels, at least 1. */
  readonly height: number;
}

/** Formats that are told apart by their first bytes. The ones after `ico` are recognised, not yet decoded. */
export type ImageFormat =
  | 'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'avif' | 'ico'
  | 'cur' | 'tiff' | 'bigtiff' | 'heic' | 'jxl' | 'jp2' | 'psd' | 'tga' | 'qoi' | 'pnm' | 'hdr' | 'dds' | 'icns' | 'svg'; // biome-ignore format: a table

/** How the file itself stores its pixels, in Pillow's words where it has one. */
export type StoredMode = '1' | 'L' | 'LA' | 'P' | 'PA' | 'RGB' | 'RGBA' | 'CMYK' | 'YCCK' | 'I;16' | 'LA;16' | 'RGB;16' | 'RGBA;16' | 'RGB;10' | 'RGB;12' | 'RGB;32' | 'RGBA;32' | 'I' | 'F' | 'RGB;F' | 'RGBA;F' | 'CMYK;16' | 'LAB' | 'YCbCr' | 'unknown'; // biome-ignore format: a list

/** The metadata blocks that an image file carries, as views of its bytes; null where it has none. */
export interface MetadataBlocks {
  /** A TIFF stream, without the `Exif\0\0` that JPEG puts before it. */
  readonly exif: Uint8Array | null;
  /** An XMP packet: RDF in XML (ISO 16684-1). */
  readonly xmp: Uint8Array | null;
  /** IPTC-IIM records, without Photoshop's wrapping. */
  readonly iptc: Uint8Array | null;
}

/** What the header says, before any pixel is decoded. */
export interface Header extends MetadataBlocks {
  readonly format: ImageFormat;
  /** Stored size in pixels, before EXIF orientation. */
  readonly size: Size;
  readonly mode: StoredMode;
  /** True when a pixel may be transparent. */
  readonly alpha: boolean;
  /** Number of frames or pages as far as the header tells; 1 for a still. */
  readonly frames: number;
  /** 1 to 8, from EXIF, else XMP, or from the container's own rotation; 1 when missing or invalid. */
  readonly orientation: number;
  /** True when an ICC profile is embedded, from which pixels are converted to sRGB. */
  readonly profile: boolean;
}

/**
 * EXIF, XMP and IPTC in plain values; a field that is missing or invalid is null. Each field comes from EXIF, where that
 * lacks it from XMP, where that lacks it from IPTC. Texts are on one line, trimmed, without control characters.
 */
export interface Metadata {
  /** `YYYY-MM-DDTHH:MM:SS`, camera's local time, or null. */
  readonly date: string | null;
  readonly make: string | null;
  readonly model: string | null;
  readonly lens: string | null;
  /** Seconds. */
  readonly exposure: number | null;
  readonly fNumber: number | null;
  readonly iso: number | null;
  /** Millimetres. */
  readonly focalLength: number | null;
  /** Degrees, north and east positive, both or neither; only when the recipe's GPS switch is on. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Who made the picture, several joined by `; `; only when the recipe's switch for names is on. */
  readonly artist: string | null;
  readonly copyright: string | null;
  readonly description: string | null;
}

/** Everything that is known of an image beside its pixels. */
export interface ImageMeta {
  readonly format: ImageFormat;
  readonly mode: StoredMode;
  /** File size. */
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Pixels as stored in the file. */
  readonly stored: Size;
  /** Pixels after EXIF orientation. */
  readonly oriented: Size;
  /** 1 to 8; 1 when missing or invalid. */
  readonly orientation: number;
  readonly frames: number;
  /** What is wrong with the file, in a sentence, when its pixels were recovered in part; null for a valid one. */
  readonly damaged: string | null;
  /** Named after the most common of its three sources and after its columns, `exif_…`. */
  readonly exif: Metadata | null;
  /** What the file tells of people and places, whether or not the recipe asks for it. */
  readonly privacy: Privacy;
  /** What re-encoded pictures carry as their EXIF, upright and without thumbnail; null unless the recipe keeps it. */
  readonly exifBlock: Uint8Array | null;
}

/** 8-bit pixels, row by row from the top left, channels interleaved: [height, width, channels]. */
export interface Raster extends Size {
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Pixels of more than 8 bits: float32 on the scale of 8 bits, where 0 is black and 255 is white; what a file of floats
 * holds beyond may lie outside, and with `range: stored` they are the file's own numbers. Order and channels as in
 * {@link Raster}; alpha is always 0 to 255.
 */
export interface DeepRaster extends Size {
  readonly channels: 1 | 3 | 4;
  readonly data: Float32Array;
}

/** Upright pixels, deep where the file and the recipe both go beyond 8 bits. */
export type Pixels = Raster | DeepRaster;

/** Makes pixels of the same kind as `like`, with an array of its class, filled with zeros. */
export function blank<P extends Pixels>(like: P, size: Size, channels: Pixels['channels']): P {
  const { width, height } = size;
  const length = width * height * channels;
  const data = isDeep(like) ? new Float32Array(length) : new Uint8Array(length);
  return { ...like, width, height, channels, data };
}

/** Tells deep pixels from 8-bit ones. */
export function isDeep(pixels: Pixels): pixels is DeepRaster {
  return pixels.data instanceof Float32Array;
}

/** One upright frame or page as a decoder gives it: RGBA with straight alpha, perhaps at a reduced scale. */
export interface DecodedFrame {
  /** Position in the file, from 0. */
  readonly frame: number;
  /** Four channels; deep ones may have one or three where nothing is transparent. The first frame's size is `meta.oriented` divided by `scale`, rounded up; pages may differ. */
  readonly raster: Pixels;
  /** 1, 2, 4 or 8. */
  readonly scale: number;
  /** True when some pixel may not be opaque; false spares the flattening. */
  readonly alpha: boolean;
}

/** An image as a decoder gives it: one frame, or those that the recipe asks for in their order. */
export interface Decoded {
  readonly meta: ImageMeta;
  readonly frames: readonly DecodedFrame[];
}
