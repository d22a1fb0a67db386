import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Field, RowsInfo } from '../core/plugin';
import type { Drawn, Row, SoftLabel } from '../core/row';
import { vectorsOf } from './vectors';

/** A value of a table: text, a number, a missing value, the steps of an augmentation, or labels with their weights: these two are JSON. */
export type Cell = string | number | null | readonly Drawn[] | readonly SoftLabelCell[];

/** A soft label under the names of the other columns. */
interface SoftLabelCell extends Pick<SoftLabel, 'label' | 'weight'> {
  readonly label_id: number;
}

/** A column of csv, json and jsonl. `kind` is what a reader must be told: `integer` is never missing. */
export interface Column {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'json';
  value(row: Row): Cell;
}

/** Knobs that all tables share. */
export const tableKnobs = {
  image_array: knob(z.boolean(), false, {
    label: 'Pixel values',
    advanced: true,
    help: 'Write the tensor too, as nested lists in column image_array: large, and slow to read.',
  }),
};

/** Name of the tensor's column, always the last. */
export const arrayColumn = 'image_array';

/**
 * The columns in their order, without what the format itself adds: `also`, by default `image_array`. A sidecar's column
 * whose name is taken gets `extra_` in front. Vectors are no cells: `vectors.ts` has them, and they come after these.
 */
export function columnsOf(info: RowsInfo, also: readonly string[] = [arrayColumn]): readonly Column[] {
  const columns: Column[] = [...head];
  if (info.softLabels) columns.splice(3, 0, softLabels);
  if (info.exif) columns.push(...exif);
  if (info.exif && info.personal) columns.push(artist);
  if (info.exif && info.gps) columns.push(...gps);
  columns.push(...tail, ...measured(info));
  const vectors = vectorsOf(info).map(({ column }) => column);
  const taken = new Set([...columns.map((column) => column.name), ...vectors, ...also]);
  for (const extra of info.extraColumns) {
    let name = extra;
    while (name === '' || taken.has(name)) name = `extra_${name}`;
    taken.add(name);
    columns.push(text(name, (row) => row.extra[extra] ?? null));
  }
  return columns;
}

/** What extractors say in a text or a number. */
const measured = ({ features }: RowsInfo): readonly Column[] =>
  features.flatMap(({ kind, name }, i): Column[] => {
    if (kind === 'vector') return [];
    // An extractor's text columns hold texts, its number columns numbers.
    return [{ name, kind, value: ({ features }) => features[i] as string | number | null }];
  });

/**
 * A table's columns as the machine-readable card names them; JSON is text there, and so are vectors where `lists`
 * is false.
 */
export const fieldsOf = (info: RowsInfo, columns: readonly Column[], lists: boolean): readonly Field[] => [
  ...columns.map(({ name, kind }): Field => ({ name, kind: kind === 'json' ? 'text' : kind })),
  ...vectorsOf(info).map(({ column }): Field => ({ name: column, kind: lists ? 'numbers' : 'text' })),
];

/** Why a table cannot bear this name: it is a file that the run itself, or a format beside it, writes. */
export function refuseName(info: RowsInfo, extension: string): string | null {
  const path = `${info.name}.${extension}`;
  if (!ownFiles.has(path.toLowerCase())) return null;
  return `${path} is the name of a file that runs write; choose another output.name`;
}

const ownFiles: ReadonlySet<string> = new Set([
  'metrics.json',
  'failures.csv',
  'class_names.json',
  'dataset_info.json',
]);

const text = (name: string, value: (row: Row) => string | null): Column => ({ name, kind: 'text', value });
const integer = (name: string, value: (row: Row) => number): Column => ({ name, kind: 'integer', value });
const number = (name: string, value: (row: Row) => number | null): Column => ({
  name,
  kind: 'number',
  value,
});

const head: readonly Column[] = [
  text('filename', (row) => row.key),
  text('label', (row) => row.label),
  integer('label_id', (row) => row.labelId),
  text('split', (row) => row.split),
  integer('width', (row) => row.meta.oriented.width),
  integer('height', (row) => row.meta.oriented.height),
  integer('stored_width', (row) => row.meta.stored.width),
  integer('stored_height', (row) => row.meta.stored.height),
  text('format', (row) => row.meta.format),
  text('mode', (row) => row.meta.mode),
  integer('bytes', (row) => row.meta.bytes),
  text('sha256', (row) => row.meta.sha256),
  integer('orientation', (row) => row.meta.orientation),
  text('damaged', (row) => row.meta.damaged),
];

const softLabels: Column = {
  name: 'soft_labels',
  kind: 'json',
  value: (row) => row.softLabels.map(({ label, labelId, weight }) => ({ label, label_id: labelId, weight })),
};

const exif: readonly Column[] = [
  text('exif_date', (row) => row.meta.exif?.date ?? null),
  text('exif_make', (row) => row.meta.exif?.make ?? null),
  text('exif_model', (row) => row.meta.exif?.model ?? null),
  number('exif_exposure', (row) => row.meta.exif?.exposure ?? null),
  number('exif_f_number', (row) => row.meta.exif?.fNumber ?? null),
  number('exif_iso', (row) => row.meta.exif?.iso ?? null),
  number('exif_focal_length', (row) => row.meta.exif?.focalLength ?? null),
  text('exif_lens', (row) => row.meta.exif?.lens ?? null),
  text('exif_copyright', (row) => row.meta.exif?.copyright ?? null),
  text('exif_description', (row) => row.meta.exif?.description ?? null),
];

const artist = text('exif_artist', (row) => row.meta.exif?.artist ?? null);

const gps: readonly Column[] = [
  number('gps_latitude', (row) => row.meta.exif?.latitude ?? null),
  number('gps_longitude', (row) => row.meta.exif?.longitude ?? null),
];

const tail: readonly Column[] = [
  integer('image_width', (row) => row.size.width),
  integer('image_height', (row) => row.size.height),
  integer('frame', (row) => row.frame),
  integer('copy', (row) => row.copy),
  { name: 'augmentation', kind: 'json', value: (row) => row.augmentation },
];
