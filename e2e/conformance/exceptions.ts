import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Departure } from './judge';
import type { ManifestRow } from './manifest';

/** A known departure that cannot be avoided, and why. Every field of `when` must hold of the manifest's line. */
const known = z.strictObject({
  about: z.enum(['outcome', 'size', 'orientation', 'colour']),
  when: z.record(z.string(), z.unknown()),
  because: z.string().min(20),
});

const list = z.array(known);

export type Known = z.output<typeof known>;

/** Reads the table of known exceptions beside this file. */
export function readKnown(): readonly Known[] {
  return list.parse(
    JSON.parse(readFileSync(fileURLToPath(new URL('exceptions.json', import.meta.url)), 'utf8')),
  );
}

/** Why a departure is known and cannot be avoided; null when it is not. */
export function explain(row: ManifestRow, { about }: Departure, table: readonly Known[]): string | null {
  return table.find((known) => known.about === about && applies(known, row))?.because ?? null;
}

/** Fields by dotted path; a text in slashes is a pattern, null a field that is missing. */
function applies({ when }: Known, row: ManifestRow): boolean {
  return Object.entries(when).every(([path, wanted]) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], row);
    if (wanted === null) return value === undefined;
    if (typeof wanted === 'string' && /^\/.*\/$/.test(wanted))
      return new RegExp(wanted.slice(1, -1)).test(String(value));
    return JSON.stringify(value) === JSON.stringify(wanted);
  });
}
