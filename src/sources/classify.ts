import { fileRef, type Listed } from '../core/image';
import { isImage, sniff, sniffBytes } from '../core/sniff';

/**
 * Says what a listed file is where its name tells: by extension, which decides whether a file is looked at, never how it is
 * decoded. A `.jpg` that holds text becomes a named failure later, it is not passed over here. Null when the name
 * has an unknown extension or none.
 */
export function classifyByName(key: string, file: File): Listed | null {
  const kind = kindByName(key);
  if (kind === 'image') return { kind, ref: fileRef(key, file) };
  if (kind === 'table') return { kind, key, file };
  return kind === 'other' ? { kind: 'left-out', key, why: 'not-an-image' } : null;
}

/** Says what a name promises, as {@link classifyByName} does where there is no file at hand. */
export function kindByName(key: string): 'image' | 'table' | 'other' | null {
  const name = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  if (dot < 0) return null;
  const extension = name.slice(dot + 1);
  if (imageExtensions.has(extension)) return 'image';
  if (name === 'metadata.csv' || name === 'metadata.jsonl') return 'table';
  return otherExtensions.has(extension) ? 'other' : null;
}

/** Says what a file is by its first bytes; one that cannot be read counts as an image, so that its failure is named. */
export async function classifyByBytes(key: string, file: File): Promise<Listed> {
  const head = await file
    .slice(0, sniffBytes)
    .arrayBuffer()
    .catch(() => null);
  if (head === null || isImage(sniff(new Uint8Array(head))))
    return { kind: 'image', ref: fileRef(key, file) };
  return { kind: 'left-out', key, why: 'not-an-image' };
}

/** True for the name of a file or folder that people do not mean when they pick the folder around it. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || hiddenNames.has(name.toLowerCase());
}

/** The path down to its outermost hidden name, or null: a hidden folder counts once, whatever is in it. */
export function hiddenPart(key: string): string | null {
  for (let start = 0; start < key.length; ) {
    const slash = key.indexOf('/', start);
    const end = slash < 0 ? key.length : slash;
    if (isHidden(key.slice(start, end))) return key.slice(0, end);
    start = end + 1;
  }
  return null;
}

/** What macOS and Windows leave behind beside dot-files. */
const hiddenNames = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '$recycle.bin',
  'system volume information',
  '@eadir',
]);

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Includes formats that cannot be decoded here: an `unsupported` failure names them, silence would hide them. */
const imageExtensions = words(`
  jpg jpeg jpe jfif jif pjpeg pjp png apng webp gif bmp dib avif avifs ico cur
  tif tiff heic heif hif heics jxl jp2 j2k j2c jpf jpx jpm jpc psd psb tga qoi
  pnm pbm pgm ppm pam pfm hdr exr dds icns svg svgz
  dng cr2 cr3 crw nef nrw arw srf sr2 orf rw2 raf pef srw x3f 3fr erf kdc mrw raw
`);

/** Spares opening each of them; what is missing here is told by its first bytes. */
const otherExtensions = words(`
  txt md rst log csv tsv json jsonl ndjson xml yaml yml toml ini cfg conf html htm css js mjs ts py ipynb r m sh bat
  names data zip gz tgz tar bz2 xz zst 7z rar iso mp4 m4v mov avi mkv webm mpg mpeg wmv flv 3gp mp3 wav flac ogg m4a
  aac pdf doc docx xls xlsx ppt pptx odt ods rtf npy npz h5 hdf5 parquet arrow feather tfrecord tfrecords pkl pickle
  pt pth onnx safetensors ckpt pb tflite bin mat db sqlite xmp aae thm lnk url exe dll so dylib class jar pyc
`);
