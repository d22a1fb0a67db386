import type { ImageFormat } from './image';

/** The file's ending, like `.png`, when it names another format than the bytes do; null when it fits or says nothing. */
export function wrongExtension(key: string, format: ImageFormat): string | null {
  const ending = /\.([^./]+)$/.exec(key)?.[1].toLowerCase();
  const named = ending === undefined ? undefined : formatsByEnding.get(ending);
  return named === undefined || named.includes(format) ? null : `.${ending}`;
}

/** Formats by the endings that people give their files. */
const formatsByEnding: ReadonlyMap<string, readonly ImageFormat[]> = new Map(
  (
    [
      ['jpg jpeg jpe jfif mpo', ['jpeg']],
      ['png apng', ['png']],
      ['webp', ['webp']],
      ['gif', ['gif']],
      ['bmp dib', ['bmp']],
      ['avif avifs', ['avif']],
      ['ico', ['ico']],
      ['cur', ['cur', 'ico']],
      ['tif tiff btf tf8', ['tiff', 'bigtiff']],
      ['heic heif hif', ['heic', 'avif']],
      ['jxl', ['jxl']],
      ['jp2 j2k jpx j2c jpc', ['jp2']],
      ['psd', ['psd']],
      ['tga', ['tga']],
      ['qoi', ['qoi']],
      ['ppm pgm pbm pnm pam pfm', ['pnm']],
      ['hdr', ['hdr']],
      ['dds', ['dds']],
      ['icns', ['icns']],
      ['svg', ['svg']],
    ] as const
  ).flatMap(([endings, formats]) => endings.split(' ').map((ending) => [ending, formats] as const)),
);
