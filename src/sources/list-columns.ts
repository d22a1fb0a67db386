import { redactText } from '../core/redact';
import { nameLink } from './link-keys';

/** A row of a list: its values by column, as text. */
export type ListRow = Readonly<Record<string, string>>;

/** Which columns mean what; null where the list has none of the kind. */
export interface ListColumns {
  readonly url: string;
  readonly label: string | null;
  readonly md5: string | null;
  readonly sha256: string | null;
}

/** The columns' names as a person chose them; `''` leaves one to guessing, `-` means none. */
export interface ColumnKnobs {
  readonly url_column: string;
  readonly label_column: string;
  readonly md5_column: string;
  readonly sha256_column: string;
}

/**
 * Chooses the columns of a list: those that were named, else those whose names say what they are, for links also the first
 * whose values are links. A string says why there is no choice.
 */
export function chooseColumns(
  columns: readonly string[],
  sample: readonly ListRow[],
  knobs: ColumnKnobs,
): ListColumns | string {
  const wanted = [knobs.url_column, knobs.label_column, knobs.md5_column, knobs.sha256_column];
  const seen = columns.slice(0, 50).map(quoteColumn).join(', ') || 'none';
  const missing = wanted.find((name) => name !== '' && name !== '-' && !columns.includes(name));
  if (missing !== undefined) return `has no column ${quoteColumn(missing)}; its columns are ${seen}`;
  const named = (names: readonly string[]) =>
    names.flatMap((name) => columns.filter((column) => column.trim().toLowerCase() === name))[0];
  const choose = (knob: string, names: readonly string[]) =>
    knob === '-' ? null : knob === '' ? (named(names) ?? null) : knob;
  const holdsLinks = (column: string) => {
    const values = sample.map((row) => row[column] ?? '').filter((value) => value !== '');
    return (
      values.length > 0 && values.filter((value) => nameLink(value) !== null).length >= values.length / 2
    );
  };
  const byName = choose(knobs.url_column, urlNames);
  const [only] = columns;
  const url =
    columns.length === 1 && knobs.url_column === ''
      ? only
      : byName !== null && (knobs.url_column !== '' || holdsLinks(byName))
        ? byName
        : columns.find(holdsLinks);
  if (url === undefined) return `has no column of links; its columns are ${seen}. Name it with url_column`;
  return {
    url,
    label: choose(knobs.label_column, labelNames),
    md5: choose(knobs.md5_column, ['md5', 'md5_hash', 'content_md5']),
    sha256: choose(knobs.sha256_column, ['sha256', 'sha256_hash']),
  };
}

/** A column's name for a message: a first row that was taken for a header may hold signed links. */
export const quoteColumn = (name: string): string => JSON.stringify(redactText(name).slice(0, 100));

/** As datasets of links call them (LAION, Conceptual Captions, exports of labelling tools). */
const urlNames = ['url', 'image_url', 'img_url', 'imageurl', 'signed_url', 'presigned_url', 'download_url', 'link', 'href', 'uri', 'image', 'src']; // biome-ignore format: a list
const labelNames = ['label', 'class', 'class_name', 'category', 'target'];
