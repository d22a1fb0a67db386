import { byCodePoint } from '../base/order';
import type { ImageRef } from './image';
import type { Labelling } from './label';

/** Labels that a person decided on for images that had none, by key. */
export type Decisions = ReadonlyMap<string, string>;

/** A decision as it is kept: of a file with this size and time, not of any file with this name. */
export type SavedDecision = readonly [
  key: string,
  label: string,
  bytes: ImageRef['bytes'],
  modified: ImageRef['modified'],
];

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

/** The decisions as a table of labels, as `labels.from: table` reads it: `file_name` and `label`, in the order of the keys. */
export function decisionsCsv(decisions: Decisions): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = [...decisions].sort(([a], [b]) => byCodePoint(a, b));
  return ['file_name,label', ...rows.map(([key, label]) => `${cell(key)},${cell(label)}`), ''].join('\r\n');
}
