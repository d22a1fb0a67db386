import type { Box } from './boxes';
import { u16be } from './bytes';

/** Where an item's data lie. */
export interface Place {
  readonly start: number;
  readonly length: number;
  /** True when `start` counts from the content of the `idat` box. */
  readonly inIdat: boolean;
  /** True when it lies in one place. */
  readonly whole: boolean;
}

/** Where each item's data lies: its first extent's start to its last one's end. */
export function readLocations(bytes: Uint8Array, iloc: Box | null): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  if (iloc === null) return places;
  const version = bytes[iloc.start];
  const sizes = u16be(bytes, iloc.start + 4);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  let at = iloc.start + 6;
  const take = (size: number) => {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i];
    at += size;
    return value;
  };
  const count = take(version < 2 ? 2 : 4);
  for (let i = 0; i < count && at < iloc.end; i++) {
    const id = take(version < 2 ? 2 : 4);
    const method = version > 0 ? take(2) & 15 : 0;
    take(2); // which file the data is in: always this one
    const base = take(baseSize);
    let start = Number.POSITIVE_INFINITY;
    let end = 0;
    const declared = take(2);
    const extents = indexSize + offsetSize + lengthSize === 0 ? 0 : declared; // an empty extent would not advance
    for (let extent = 0; extent < extents && at < iloc.end; extent++) {
      take(indexSize);
      const from = base + take(offsetSize);
      start = Math.min(start, from);
      end = Math.max(end, from + take(lengthSize));
    }
    if (end > 0 && method < 2) {
      places.set(id, { start, length: end - start, inIdat: method === 1, whole: extents === 1 });
    }
  }
  return places;
}
