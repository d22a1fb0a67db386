import { z } from 'zod';
import type { Format, RowsInfo } from '../core/plugin';
import { type Split, splits } from '../core/split';
import { putPictures, verifyPictures } from './picture-files';
import { pythonString } from './python';

const knobs = z.strictObject({});

/**
 * The transformed pictures as files, re-encoded, in a folder for each label: `images/cats/IMG_0001.jpg`, a copy as
 * `IMG_0001-copy1.jpg`, a further frame as `IMG_0001-frame3.jpg`. Without any labels the source's own folders are kept.
 */
export const images: Format<z.output<typeof knobs>> = {
  id: 'images',
  label: 'Pictures in folders',
  extension: null,
  knobs,
  needs: () => ({ tensor: false, picture: true }),
  refuses: () => null,
  async open(files, info) {
    return {
      write: (rows) => putPictures(files, rows, () => `${info.name}/`),
      async close() {},
    };
  },
  // Files without an extension of the format's own are listed in the order of the rows.
  verify: (files, written, info) => verifyPictures(files, written, `${info.name}/`),
  fields: () => [{ name: 'image', kind: 'image' }],
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const folderOf = (path: string) => splits.find((split) => path.startsWith(`${split}/${info.name}/`));
  const present = new Set(paths.map(folderOf));
  const roots = [undefined, ...splits].filter((split) => present.has(split));
  const lines = roots.map(
    (split) => `${split ?? 'dataset'} = ImageFolder(${pythonString(rootOf(split, info))})`,
  );
  const first = pythonString(rootOf(roots[0], info));
  if (info.classNames.length === 0) {
    return [
      'from pathlib import Path',
      'from PIL import Image',
      '',
      `pictures = [Image.open(path) for path in sorted(Path(${first}).rglob("*.*"))]`,
    ].join('\n');
  }
  return [
    'from torchvision.datasets import ImageFolder  # PyTorch',
    ...lines,
    '',
    'import keras  # TensorFlow',
    `dataset = keras.utils.image_dataset_from_directory(${first}${kerasSize(info)})`,
  ].join('\n');
}

const kerasSize = ({ size }: RowsInfo) =>
  size === null ? '' : `, image_size=(${size.height}, ${size.width})`;

const rootOf = (split: Split | undefined, info: RowsInfo) =>
  (split === undefined ? '' : `${split}/`) + info.name;
