import { byCodePoint } from '../base/order';
import type { ImageRef } from './image';
import type { Labelling } from './label';

/** Labels that a person decided on for images that had none, by key. */
export type Decisions = ReadonlyMap<string, string>;

/** What a person decides of one image: its label, or null for none. */
export interface Decision {
  readonly ref: ImageRef;
  readonly label: string | null;
}

/** A decision as it is kept: of a file with this size and time, not of any file with this name. */
export interface SavedDecision extends Pick<ImageRef, 'key' | 'bytes' | 'modified'> {
  /** The source's name. */
  readonly source: string;
  readonly label: string;
}

/** Puts decisions where there is no label; a label that was given stays. */
export function withDecisions(
  labelling: Labelling,
  images: readonly ImageRef[],
  decisions: Decisions,
): Labelling {
  if (decisions.size === 0) return labelling;
  const labels = labelling.labels.map((label, i) => label ?? decisions.get(images[i].key) ?? null);
  const known = new Set(labelling.classNames);
  for (const label of labels) if (label !== null) known.add(label);
  return { ...labelling, labels, classNames: [...known].sort(byCodePoint) };
}

/**
 * Takes decisions along where the same images go by other keys, as when a second source is put beside the first: an image's origin
 * stays the same object.
 */
export function carryDecisions(
  decisions: Decisions,
  before: readonly ImageRef[],
  now: readonly ImageRef[],
): Decisions {
  if (decisions.size === 0) return decisions;
  const labels = new Map<ImageRef['origin'], string>();
  for (const { key, origin } of before) {
    const label = decisions.get(key);
    if (label !== undefined) labels.set(origin, label);
  }
  return new Map(
    now.flatMap(({ key, origin }) => {
      const label = labels.get(origin);
      return label === undefined ? [] : [[key, label] as const];
    }),
  );
}

/** The decisions as a table of labels, as `labels.from: table` reads it: `file_name` and `label`, in the order of the keys. */
export function decisionsCsv(decisions: Decisions): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = [...decisions].sort(([a], [b]) => byCodePoint(a, b));
  return ['file_name,label', ...rows.map(([key, label]) => `${cell(key)},${cell(label)}`), ''].join('\r\n');
}
