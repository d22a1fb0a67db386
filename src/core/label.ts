import { forEachBreathing, mapBreathing, sortBreathing } from '../base/breathe';
import { byCodePoint } from '../base/order';
import { RecipeError } from './failure';
import type { ImageRef } from './image';
import type { Recipe } from './recipe';
import { findSplitFolder } from './split';
import { fileNameColumn, readTable, type Table } from './table';
import { tellSome } from './tell';

/** What labelling gave; the lists run beside the images. */
export interface Labelling {
  readonly labels: readonly (string | null)[];
  /** In code-point order; a label's id is its index. */
  readonly classNames: readonly string[];
  /** Values of the table's further columns. */
  readonly extras: readonly Readonly<Record<string, string>>[];
  readonly extraColumns: readonly string[];
  /** What a person should know, in sentences: images without a label, rows without an image. */
  readonly notes: readonly string[];
}

/**
 * Labels images from a folder of their path, a pattern, a sidecar table, or not at all. Where splits come from folders,
 * the split's folder is no label. A label that the source's own list gives stands in a folder's place; the list's further
 * columns are carried along in any case.
 * @throws RecipeError at `labels.from` or `labels.column` when the tables do not give what the recipe asks for.
 */
export async function labelImages(
  found: {
    readonly images: readonly ImageRef[];
    readonly tables: readonly { readonly key: string; readonly file: File }[];
  },
  recipe: Pick<Recipe, 'labels' | 'split'>,
  signal?: AbortSignal,
): Promise<Labelling> {
  return withListed(found.images, await labelBy(found, recipe, signal), signal);
}

async function labelBy(
  found: Parameters<typeof labelImages>[0],
  { labels: knobs, split }: Pick<Recipe, 'labels' | 'split'>,
  signal: AbortSignal | undefined,
): Promise<Labelling> {
  const { images } = found;
  if (knobs.from === 'table') return labelFromTables(images, found.tables, knobs.column, signal);
  if (knobs.from === 'none') return withNames(images, () => null, [], signal);
  if (knobs.from === 'pattern') {
    const pattern = new RegExp(knobs.pattern, 'u');
    const labelling = await withNames(images, ({ key }) => labelFromPattern(key, pattern), [], signal);
    return noteUnlabelled(labelling, images, 'do not match the pattern');
  }
  const labelling = await withNames(
    images,
    ({ key, label }) =>
      label === undefined ? labelFromFolder(key, knobs.level, split.by === 'folder') : label,
    [],
    signal,
  );
  const listed = images.some(({ label }) => label !== undefined);
  const why = listed ? 'have none in the list' : `have no folder at level ${knobs.level}`;
  return noteUnlabelled(labelling, images, why);
}

/** Adds the columns that the source's own list has; a sidecar table's column of the same name stands before it. */
async function withListed(
  images: readonly ImageRef[],
  labelling: Labelling,
  signal: AbortSignal | undefined,
): Promise<Labelling> {
  const names = new Set(labelling.extraColumns);
  let any = false;
  await forEachBreathing(
    images,
    ({ columns }) => {
      if (columns === undefined) return;
      any = true;
      for (const name in columns) names.add(name);
    },
    signal,
  );
  if (!any) return labelling;
  const extraColumns = [...names];
  const extras = await mapBreathing(
    images,
    ({ columns = noExtra }, i) => {
      const own = labelling.extras[i];
      return Object.fromEntries(extraColumns.map((name) => [name, own[name] || columns[name] || '']));
    },
    signal,
  );
  return { ...labelling, extras, extraColumns };
}

/** The `level`-th folder of a key: 1 is the outermost, -1 the innermost; null when it lies less deep. */
function labelFromFolder(key: string, level: number, skipSplit: boolean): string | null {
  const folders = key.split('/').slice(0, -1);
  if (skipSplit) {
    const splitFolder = findSplitFolder(key);
    if (splitFolder) folders.splice(splitFolder.at, 1);
  }
  return folders.at(level > 0 ? level - 1 : level) ?? null;
}

function labelFromPattern(key: string, pattern: RegExp): string | null {
  return (key.length <= longestMatched && pattern.exec(key)?.groups?.label) || null;
}

/** A path is 4,096 bytes at most on Linux. A longer key is made up, and a careless pattern takes its square in time. */
const longestMatched = 4096;

async function labelFromTables(
  images: readonly ImageRef[],
  files: readonly { readonly key: string; readonly file: File }[],
  column: string,
  signal: AbortSignal | undefined,
): Promise<Labelling> {
  if (files.length === 0)
    throw new RecipeError([
      {
        path: 'labels.from',
        message:
          'got table; the source has no metadata.csv or metadata.jsonl. Add one beside the images, or take labels from folder, pattern or none',
      },
    ]);
  // The deepest first: of two rows about one image, the one in the table nearest to it counts.
  const byDepth = files.toSorted((a, b) => depth(b.key) - depth(a.key) || byCodePoint(a.key, b.key));
  const tables: Table[] = [];
  for (const { key, file } of byDepth) tables.push(await readTable(key, file, signal));
  const columns = new Set(tables.flatMap((table) => table.columns));
  if (column !== '' && !columns.has(column)) {
    const seen = [...columns].map((name) => JSON.stringify(name)).join(', ');
    throw new RecipeError([
      {
        path: 'labels.column',
        message: `got ${JSON.stringify(column)}; ${tables.map(({ key }) => key).join(', ')} has the columns ${seen}. Name one of them, or leave it empty for no labels`,
      },
    ]);
  }

  const rows = new Map<ImageRef, Readonly<Record<string, string>>>();
  const notes: string[] = [];
  const find = await indexKeys(images, signal);
  for (const table of tables) notes.push(...(await matchRows(table, find, rows, signal)));
  const without: string[] = [];
  await forEachBreathing(
    images,
    (image) => {
      if (!rows.has(image)) without.push(image.key);
    },
    signal,
  );
  if (without.length > 0) notes.push(`${tellSome(without, images.length)} have no row in a table.`);

  // A column without a name is the index that data frames write.
  const extraColumns = [...columns].filter(
    (name) => name !== '' && name !== column && name !== fileNameColumn,
  );
  const extras = await mapBreathing(
    images,
    (image) => {
      const row = rows.get(image);
      return row ? Object.fromEntries(extraColumns.map((name) => [name, row[name] ?? ''])) : noExtra;
    },
    signal,
  );
  const labelling = await withNames(
    images,
    (image) => (column && rows.get(image)?.[column]) || null,
    notes,
    signal,
  );
  return { ...labelling, extras, extraColumns };
}

/** Finds images by key: the key as it is, else the one that differs only in how accents are composed. */
async function indexKeys(
  images: readonly ImageRef[],
  signal: AbortSignal | undefined,
): Promise<(key: string) => ImageRef | undefined> {
  const exact = new Map<string, ImageRef>();
  const composed = new Map<string, ImageRef>();
  await forEachBreathing(
    images,
    (image) => {
      exact.set(image.key, image);
      composed.set(image.key.normalize('NFC'), image);
    },
    signal,
  );
  return (key) => exact.get(key) ?? composed.get(key.normalize('NFC'));
}

/** Gives each image its row of `table`, unless it has one, and says which rows found no image or came too late. */
async function matchRows(
  table: Table,
  find: (key: string) => ImageRef | undefined,
  rows: Map<ImageRef, Readonly<Record<string, string>>>,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const folder = table.key.slice(0, table.key.lastIndexOf('/') + 1);
  const missing: string[] = [];
  const repeated: string[] = [];
  const own = new Set<ImageRef>();
  await forEachBreathing(
    table.rows,
    (row) => {
      const name = row[fileNameColumn] ?? '';
      const image = find(resolvePath(folder, name));
      if (image === undefined) missing.push(name);
      else if (own.has(image)) repeated.push(name);
      else if (!rows.has(image)) rows.set(image, row);
      if (image) own.add(image);
    },
    signal,
  );
  const notes = [...table.notes];
  if (missing.length > 0)
    notes.push(
      `${tellSome(missing, table.rows.length, 'rows')} of ${table.key} name images that are not there.`,
    );
  if (repeated.length > 0)
    notes.push(
      `${tellSome(repeated, table.rows.length, 'rows')} of ${table.key} name an image again; its first row counts.`,
    );
  return notes;
}

/** Joins a table's folder and a path written in it, where `./`, `..` and Windows' separators may occur. */
function resolvePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (folder + path.replaceAll('\\', '/')).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

async function withNames(
  images: readonly ImageRef[],
  label: (image: ImageRef) => string | null,
  notes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Labelling> {
  const names = new Set<string>();
  const labels = await mapBreathing(
    images,
    (image) => {
      const name = label(image);
      if (name !== null) names.add(name);
      return name;
    },
    signal,
  );
  const classNames = await sortBreathing([...names], byCodePoint, signal);
  return { labels, classNames, extras: images.map(() => noExtra), extraColumns: [], notes };
}

function noteUnlabelled(labelling: Labelling, images: readonly ImageRef[], why: string): Labelling {
  const keys = images.filter((_, i) => labelling.labels[i] === null).map(({ key }) => key);
  if (keys.length === 0) return labelling;
  return { ...labelling, notes: [...labelling.notes, `${tellSome(keys, images.length)} ${why}: no label.`] };
}

const depth = (key: string) => key.split('/').length;

const noExtra: Readonly<Record<string, string>> = {};
