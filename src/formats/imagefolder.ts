import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format } from '../core/plugin';
import { fileNameColumn } from '../core/table';
import { metadataColumns } from './imagefolder-columns';
import { fieldsOf } from './table';

const knobs = z.strictObject({
  metadata: knob(z.enum(['csv', 'jsonl']), 'csv', {
    label: 'Metadata as',
    help: 'csv, as most tools read it; jsonl, which keeps labels like 007 and None from being taken for numbers and nothing.',
  }),
});

type ImagefolderKnobs = z.output<typeof knobs>;

/**
 * Pictures as Hugging Face's `imagefolder` and torchvision's `ImageFolder` take them: `train/cats/IMG_0001.jpg`, with a
 * `train/metadata.csv` whose `file_name` is relative to it. Where a split has several shards, each writes a numbered part
 * of it, and they are put together after the last.
 */
export const imagefolder: Format<ImagefolderKnobs> = {
  id: 'imagefolder',
  label: 'Image folder (Hugging Face)',
  extension: null,
  knobs,
  needs: () => ({ tensor: false, picture: true }),
  refuses(info, { metadata }) {
    if (info.bySplit && info.formats.includes('images'))
      return 'loaders would take the pictures of images, which lie in the splits’ folders too, for imagefolder’s own; leave one of the two out of output.formats, or set output.layout to together';
    const slash = info.classNames.find((name) => /[\\/]/.test(name));
    if (slash !== undefined)
      return `imagefolder cannot name a folder ${JSON.stringify(slash)}; choose labels without a slash (labels.pattern, labels.column), or another format`;
    const misread = metadata === 'csv' ? findMisread(info.classNames) : null;
    return misread === null
      ? null
      : `Python would not read the label ${JSON.stringify(misread)} in metadata.csv as text; set output.options.imagefolder.metadata to jsonl`;
  },
  async open(files, info, knobs, shard) {
    const { openFolder } = await import('./imagefolder-writer');
    return openFolder(files, info, knobs, shard);
  },
  async verify(files, written, info, knobs, shard) {
    const { verifyFolder } = await import('./imagefolder-writer');
    return verifyFolder(files, written, info, knobs, shard);
  },
  async assemble(files, create, info, knobs) {
    const { assembleTables } = await import('./imagefolder-writer');
    return assembleTables(files, create, info, knobs);
  },
  fields: (info, { metadata }) => [
    { name: 'image', kind: 'image' },
    { name: fileNameColumn, kind: 'text' },
    ...fieldsOf(info, metadataColumns(info), metadata === 'jsonl'),
  ],
  python: () =>
    [
      'from datasets import load_dataset  # in the folder that holds train, validation and test',
      '',
      'dataset = load_dataset("imagefolder", data_dir=".")',
    ].join('\n'),
};

/** What pandas takes for missing (`pandas/_libs/parsers.pyx`, STR_NA_VALUES). */
const missingWords: ReadonlySet<string> = new Set([
  '', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A', 'NA', 'NULL', 'NaN',
  'None', 'n/a', 'nan', 'null',
]); // biome-ignore format: a table

/** A class name that pandas would not read as the text it is; whole numbers alone stay what they are, as numbers. */
function findMisread(names: readonly string[]): string | null {
  const missing = names.find((name) => missingWords.has(name));
  if (missing !== undefined) return missing;
  const numeric = names.filter((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  if (numeric.length === names.length && numeric.every((name) => /^(0|-?[1-9]\d{0,14})$/.test(name)))
    return null;
  const truth = names.find((name) => /^(true|false)$/i.test(name));
  return numeric[0] ?? (names.every((name) => /^(true|false)$/i.test(name)) ? (truth ?? null) : null);
}
