import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const colour = z.tuple([z.number(), z.number(), z.number()]);
const size = z.tuple([z.number(), z.number()]);

/** What a second decoder says; ImageMagick and libjxl where Pillow has no decoder. */
const reference = z.looseObject({
  ok: z.boolean().optional(),
  size: size.optional(),
  mean_rgb: colour.optional(),
  dtype: z.string().optional(),
  /** How deep values were brought to 8 bits. */
  scaled: z.string().optional(),
});

export type Reference = z.output<typeof reference>;

const line = z.looseObject({
  relpath: z.string().min(1),
  sha256: z.string(),
  /** The format by magic bytes, with `?` when they are cut short; also `empty` and `unknown`. */
  sniff: z.string().min(1),
  consensus: z.string().min(1),
  /** Pillow's word for how pixels are stored. */
  mode: z.string().optional(),
  size: size.optional(),
  size_oriented: size.optional(),
  n_frames: z.number().optional(),
  icc: z.boolean().optional(),
  has_alpha: z.boolean().optional(),
  mean_rgb: colour.optional(),
  mean_rgb_on_white: colour.optional(),
  mean_rgb_on_black: colour.optional(),
  /** Of the stored values, where they are deeper than 8 bits. */
  raw_min_max_mean: z.tuple([z.number(), z.number(), z.number()]).optional(),
  exif: z.looseObject({ Orientation: z.unknown().optional() }).optional(),
  cross: z.looseObject({ dtype: z.string().optional() }).optional(),
  ref: reference.optional(),
});

/** A file and what other decoders say of it: a line of `manifest.jsonl`. */
export type ManifestRow = z.output<typeof line>;

/** The folder cannot be judged; the message says what is missing. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Reads a folder's `manifest.jsonl`.
 * @throws ManifestError naming the line and field, or the files that the folder lacks.
 */
export function readManifest(folder: string): readonly ManifestRow[] {
  const path = join(folder, 'manifest.jsonl');
  if (!existsSync(path))
    throw new ManifestError(`${path} is missing. Name a folder whose manifest.jsonl has a line per file.`);
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, i) => parse(text, i + 1));
  if (rows.length === 0) throw new ManifestError(`${path} has no lines.`);
  const missing = rows.filter(({ relpath }) => !existsSync(join(folder, relpath)));
  if (missing.length > 0) {
    throw new ManifestError(
      `${path} names ${missing.length} files that are not there, ${missing[0].relpath} the first of them.`,
    );
  }
  return rows;
}

function parse(text: string, number: number): readonly ManifestRow[] {
  if (text.trim() === '') return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ManifestError(`Line ${number} of manifest.jsonl is not JSON: ${text.slice(0, 60)}`);
  }
  const result = line.safeParse(withoutNulls(json));
  if (result.success) return [result.data];
  const [{ path, message }] = result.error.issues;
  throw new ManifestError(`Line ${number} of manifest.jsonl, ${path.join('.') || 'as a whole'}: ${message}`);
}

/** A field that is null says as little as one that is not there. */
function withoutNulls(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

/** At most `most` files of every kind (format, consensus), spread evenly over each kind's lines. */
export function sample(rows: readonly ManifestRow[], most: number): readonly ManifestRow[] {
  const kinds = new Map<string, ManifestRow[]>();
  for (const row of rows) {
    const kind = `${row.sniff} ${row.consensus}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  return [...kinds.values()].flatMap((kind) => {
    const count = Math.min(most, kind.length);
    return Array.from({ length: count }, (_, i) => kind[Math.floor((i * kind.length) / count)]);
  });
}
