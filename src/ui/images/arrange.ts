import type { PlannedImage } from '../../core/plan';
import type { Order } from '../state/view-store';

/** Consecutive images under one heading: `[start, end)` of {@link Arrangement.order}. */
export interface ImageGroup {
  readonly heading: string;
  readonly start: number;
  readonly end: number;
}

/** The images that are shown, in the order in which they are shown. */
export interface Arrangement {
  /** Indexes into the plan's images. */
  readonly order: Uint32Array;
  readonly groups: readonly ImageGroup[];
}

/** What a person asked to see. */
export interface Wanted {
  readonly filter: string;
  /** Labels to show; empty shows all. `''` is no label. */
  readonly labels: ReadonlySet<string>;
  readonly order: Order;
}

/** Filters, sorts and groups images. Linear but for the sort, so that 100,000 take a few tens of milliseconds. */
export function arrange(
  images: readonly PlannedImage[],
  classNames: readonly string[],
  wanted: Wanted,
  headingOfDay: (ms: number) => string,
): Arrangement {
  const matches = parseFilter(wanted.filter);
  const shown: number[] = [];
  images.forEach((image, i) => {
    if (wanted.labels.size > 0 && !wanted.labels.has(image.label ?? '')) return;
    if (matches(image)) shown.push(i);
  });
  const at = (i: number) => images[i] as PlannedImage; // indexes come from the array itself
  if (wanted.order === 'label') return byLabel(shown, at, classNames);
  if (wanted.order === 'size') {
    const order = sortedDown(shown, (i) => at(i).ref.bytes ?? -1);
    const groups = order.length > 0 ? [{ heading: 'Largest first', start: 0, end: order.length }] : [];
    return { order, groups };
  }
  const order = sortedDown(shown, (i) => at(i).ref.modified ?? Number.NEGATIVE_INFINITY);
  const groups = cutGroups(order, (i) => dayOf(at(i).ref.modified));
  return {
    order,
    groups: groups.map(({ start, end }) => {
      const first = order[start] as number; // a group is never empty
      const { modified } = at(first).ref;
      return { heading: modified === null ? noDate : headingOfDay(modified), start, end };
    }),
  };
}

/**
 * Reads a filter: words that name or label must contain, and sizes like `>1MB` or `<200kb`. All must hold.
 */
export function parseFilter(text: string): (image: PlannedImage) => boolean {
  const words: string[] = [];
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (const word of text.toLowerCase().split(/\s+/)) {
    const size = /^([<>])(\d+(?:\.\d+)?)(b|kb?|mb?|gb?)?$/.exec(word);
    if (size) {
      const limit = Number(size[2]) * (scale[size[3]?.[0] ?? 'b'] ?? 1);
      if (size[1] === '>') least = Math.max(least, limit);
      else most = Math.min(most, limit);
    } else if (word !== '') words.push(word);
  }
  if (words.length === 0 && least === 0 && most === Number.POSITIVE_INFINITY) return () => true;
  return ({ ref, label }) => {
    if (least > 0 || most < Number.POSITIVE_INFINITY) {
      if (ref.bytes === null || ref.bytes < least || ref.bytes > most) return false;
    }
    if (words.length === 0) return true;
    const name = `${ref.key}\n${label ?? ''}`.toLowerCase();
    return words.every((word) => name.includes(word));
  };
}

const scale: Readonly<Record<string, number>> = { b: 1, k: 1e3, m: 1e6, g: 1e9 };

/** A counting sort: classes in their order, the unlabelled last, keys in plan order within. */
function byLabel(
  shown: readonly number[],
  at: (i: number) => PlannedImage,
  classNames: readonly string[],
): Arrangement {
  const counts = new Uint32Array(classNames.length + 1);
  const bin = (i: number) => (at(i).labelId < 0 ? classNames.length : at(i).labelId);
  for (const i of shown) counts[bin(i)]++;
  const next = new Uint32Array(counts.length);
  const groups: ImageGroup[] = [];
  let start = 0;
  counts.forEach((size, id) => {
    next[id] = start;
    if (size > 0) groups.push({ heading: classNames[id] ?? noLabel, start, end: start + size });
    start += size;
  });
  const order = new Uint32Array(shown.length);
  for (const i of shown) order[next[bin(i)]++] = i;
  return { order, groups };
}

/** Heading of images whose links do not say when they were made. */
const noDate = 'No date';

/** Heading of images without a label. */
export const noLabel = 'No label';

function sortedDown(shown: readonly number[], measure: (i: number) => number): Uint32Array {
  // Values are read once: asking a File costs more than comparing numbers.
  const values = Float64Array.from(shown, measure);
  const places = Uint32Array.from(shown.keys()).sort((a, b) => values[b] - values[a] || a - b);
  return places.map((place) => shown[place] ?? 0);
}

function cutGroups(
  order: Uint32Array,
  dayAt: (i: number) => number | null,
): { start: number; end: number }[] {
  const groups: { start: number; end: number }[] = [];
  let last: number | null | undefined;
  order.forEach((i, place) => {
    const day = dayAt(i);
    const group = groups.at(-1);
    if (group && day === last) group.end = place + 1;
    else groups.push({ start: place, end: place + 1 });
    last = day;
  });
  return groups;
}

const zoneMs = new Date().getTimezoneOffset() * 60_000;

/** The day's number in this time zone, near enough for headings. */
const dayOf = (ms: number | null) => (ms === null ? null : Math.floor((ms - zoneMs) / 86_400_000));
