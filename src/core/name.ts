import { hex } from '../base/checksum';
import { murmur128 } from '../base/random';
import { safePart, safePath } from '../base/safe-path';
import { defaultName } from './knobs';
import type { PlannedImage } from './plan';
import type { Row } from './row';

/** What a name depends on. */
export type Nameable = Pick<PlannedImage, 'label' | 'split'> & { readonly ref: { readonly key: string } };

/**
 * Names the files that belong to one image alone, without their ending: `cats/IMG_0001`, in the plan's order.
 *
 * A name is the image's label and its file name made safe; without any labels, its path made safe. Where two
 * would be the same on some file system (upper and lower case, `x.jpg` beside `x.png`, one name in two folders), each gets
 * 16 hex digits that depend on its own key alone. So names are a pure function of listing and recipe.
 */
export function assignNames(images: readonly Nameable[], layout: 'together' | 'by-split'): readonly string[] {
  const folders = labelFolders(images);
  const names = images.map((image) => {
    const stem = image.ref.key.replace(/\.[^./]*$/, '') || image.ref.key;
    if (folders.size === 0) return safePath(stem);
    const folder = image.label === null ? unlabelled : folders.get(image.label);
    return `${folder}/${safePart(stem.slice(stem.lastIndexOf('/') + 1))}`;
  });
  // By split, each split has a folder of its own.
  const folded = names.map((name, i) => `${layout === 'by-split' ? images[i].split : ''}/${fold(name)}`);
  const repeated = findRepeated(folded);
  return names.map((name, i) =>
    repeated.has(folded[i]) || looksSuffixed.test(name) ? `${name}-${keyHash(images[i].ref.key)}` : name,
  );
}

/** Names the files that belong to one row alone: the image's name, and what tells the row from its plain first frame. */
export function rowName({ name, frame, copy }: Pick<Row, 'name' | 'frame' | 'copy'>): string {
  return `${name}${frame === 0 ? '' : `-frame${frame}`}${copy === 0 ? '' : `-copy${copy}`}`;
}

/**
 * Names the one file that holds a split: `train`, as loaders expect it, behind a name of the dataset's own where it has
 * one: `flowers-train`. Without a split it is the dataset's name.
 */
export function splitStem(name: string, split: string): string {
  if (split === '') return name;
  return name === defaultName ? split : `${name}-${split}`;
}

/** Folder of images without a label, when others have one. */
const unlabelled = '_unlabelled';

/** A name that could be another's with its suffix, or with what {@link rowName} adds, is itself suffixed. */
const looksSuffixed = /-([0-9a-f]{16}|(frame|copy)\d+)$/i;

function labelFolders(images: readonly Nameable[]): ReadonlyMap<string, string> {
  const labels = new Set<string>();
  for (const { label } of images) if (label !== null) labels.add(label);
  const safe = [...labels].map((label) => [label, safePart(label)] as const);
  const repeated = findRepeated([fold(unlabelled), ...safe.map(([, folder]) => fold(folder))]);
  return new Map(
    safe.map(([label, folder]) => [
      label,
      repeated.has(fold(folder)) || looksSuffixed.test(folder) ? `${folder}-${keyHash(label)}` : folder,
    ]),
  );
}

/** What file systems that ignore case (Windows, macOS) take for the same name. */
const fold = (name: string) => name.toLowerCase().toUpperCase().normalize('NFC');

function findRepeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}

/** 64 bits: among ten thousand images of one name, two agree once in 10^11 datasets. */
function keyHash(key: string): string {
  const words = murmur128(new TextEncoder().encode(key));
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setInt32(0, words[0]);
  new DataView(bytes.buffer).setInt32(4, words[1]);
  return hex(bytes);
}
