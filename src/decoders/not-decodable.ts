import { failed, type Outcome } from '../core/failure';
import type { ImageFormat } from '../core/image';
import { isImage, type Sniffed } from '../core/sniff';

/** The failure of a file that no decoder takes: named by what its bytes say, with the way out. */
export function notDecodable(sniffed: Sniffed, key: string): Outcome<never> {
  if (sniffed === 'empty')
    return failed('decode', 'empty', 'The file has 0 bytes. Copy or download it again.');
  if (isImage(sniffed)) {
    return failed(
      'decode',
      'unsupported',
      `The file is ${names[sniffed] ?? sniffed}, which is not decoded yet. ${convert}`,
    );
  }
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 ? `The name ends in ${name.slice(dot)} but the content is ` : 'The content is ';
  return failed('decode', 'not-an-image', ending + contents[sniffed]);
}

const convert = 'Convert it to PNG or JPEG first.';

const names: Readonly<Partial<Record<ImageFormat, string>>> = {
  tiff: 'a TIFF',
  bigtiff: 'a BigTIFF',
  jxl: 'a JPEG XL',
  svg: 'an SVG drawing',
};

const contents: Readonly<Record<Exclude<Sniffed, ImageFormat | 'empty'>, string>> = {
  html: 'an HTML page, probably an error page that was saved by a downloader. Download the image again.',
  xml: 'XML, perhaps a storage service’s error message. Download the image again.',
  json: 'JSON, perhaps a service’s error message. Download the image again.',
  text: 'plain text. Remove the file from the folder, or download the image again.',
  zip: 'a ZIP archive. Unpack it and take the folder.',
  gzip: 'gzip-compressed data. Unpack it first.',
  pdf: 'a PDF document. Export its pages as images first.',
  video: 'a video or audio file. Extract its frames as images first.',
  unknown: 'of no image format that is known. Remove the file, or save the image again from its original.',
};
