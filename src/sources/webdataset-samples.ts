import type { ArchiveMember } from './archive-member';

/** What the members beside a sample's image say of it. */
export interface SampleWords {
  /** Undefined where none of them names a label, null where one says that there is none. */
  readonly label: string | null | undefined;
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * The part of a member's name that its sample is known by, and its field: split at the first dot of the file's name, the
 * field in lower case (WebDataset's `base_plus_ext`); null for a name without a dot, or one that means the shard itself.
 */
export function sampleName(name: string): { readonly sample: string; readonly field: string } | null {
  const match = /^((?:.*\/)?[^./]+)\.([^/]*)$/s.exec(name);
  return match === null || /(^|\/)__[^/]*__/.test(match[1])
    ? null
    : { sample: match[1], field: match[2].toLowerCase() };
}

/** Fields that are read, as text; other members beside an image stay unread. */
export const isWords = (field: string): boolean => field === 'cls' || field === 'txt' || field === 'json';

/** Bytes of such a member. A larger one is data, not words about an image. */
export const largestWords = 2 ** 20;

/** True for a member whose text {@link readWords} wants. */
export function hasWords({ name, bytes }: ArchiveMember): boolean {
  const named = sampleName(name);
  return named !== null && isWords(named.field) && bytes <= largestWords;
}

/**
 * Reads a sample's words by field. The label is what `json` calls `label`, since a name says more than the number in
 * `cls`, else `cls`; -1 and nothing are no label. The other values of `json` become columns, nested ones as JSON; `txt` is
 * the column of that name. A `json` that holds no object is a column itself.
 */
export function readWords(words: Readonly<Record<string, string>>): SampleWords {
  const { cls, txt, json } = words;
  const columns: Record<string, string> = {};
  let label = cls === undefined ? undefined : labelOf(cls.trim());
  if (txt !== undefined) columns.txt = txt.trim();
  if (json !== undefined) {
    const values = parseObject(json);
    if (values === null) columns.json = json.trim();
    for (const [name, value] of Object.entries(values ?? {})) {
      const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
      if (name === 'label' && typeof value !== 'object') label = labelOf(text);
      else columns[name] = text;
    }
  }
  return { label, columns };
}

const labelOf = (text: string) => (text === '' || text === '-1' ? null : text);

function parseObject(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json);
    // An object that is no list has names and values, whatever they are.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
