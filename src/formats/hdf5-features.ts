import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { type ChunkedDataset, chunkRows, deflate, type Hdf5File, openChunks } from './hdf5-chunks';
import { datatypes, join } from './hdf5-encode';
import { type GlobalHeap, openHeap, type StringElement } from './hdf5-heap';
import { vectorsOf } from './vectors';

/** What extractors yield on its way into the group `features`, a dataset a column. */
export interface Hdf5Features {
  append(rows: readonly Row[]): Promise<void>;
  /** Completes the datasets; gives the group's members, sorted by name. */
  close(): Promise<{ readonly name: string; readonly address: number }[]>;
}

/** Begins the datasets: vectors of their type, numbers as float64 with NaN for none, texts as strings with `""` for none. */
export function openFeatures(file: Hdf5File, info: RowsInfo, deflated: boolean): Hdf5Features {
  const vectors = vectorsOf(info);
  const columns = info.features.map((feature, i) => {
    if (feature.kind !== 'vector')
      return { name: feature.name, ...(feature.kind === 'text' ? textColumn : numberColumn)(file, i) };
    const { length, dtype } = feature;
    const bytes = vectors.find(({ name }) => name === feature.name)?.bytes;
    const packing = deflated ? { deflate } : null;
    const rowsPerChunk = chunkRows(length * datatypes[dtype].bytes);
    const dataset = openChunks(file, { type: datatypes[dtype], row: [length], rowsPerChunk, packing });
    return {
      name: feature.name,
      append: async (row: Row) => dataset.append(bytes?.(row) ?? new Uint8Array(0)),
      close: () => dataset.close([]),
    };
  });
  return {
    async append(rows) {
      for (const column of columns) for (const row of rows) await column.append(row);
    },
    async close() {
      const members = [];
      for (const { name, close } of columns) members.push({ name, address: await close() });
      return members.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function textColumn(file: Hdf5File, index: number) {
  const strings = openChunks(file, {
    type: datatypes.string,
    row: [],
    rowsPerChunk: columnRows,
    packing: null,
  });
  const names = openNames(openHeap(file), strings);
  return {
    append: async ({ features }: Row) => names.add(String(features[index] ?? '')),
    close: () => names.close(),
  };
}

function numberColumn(file: Hdf5File, index: number) {
  const numbers = openChunks(file, {
    type: datatypes.float64,
    row: [],
    rowsPerChunk: columnRows,
    packing: null,
  });
  return {
    append: ({ features }: Row) => numbers.append(numberBytes(features[index])),
    close: () => numbers.close([]),
  };
}

/** A number, or NaN for none, as float64. */
export const numberBytes = (value: unknown): Uint8Array =>
  new Uint8Array(Float64Array.of(typeof value === 'number' ? value : Number.NaN).buffer);

/** Rows in a chunk of labels, splits, names or numbers. */
export const columnRows = 4096;

/** Text on its way into a dataset of strings. */
export interface Names {
  add(name: string): Promise<void>;
  close(): Promise<number>;
}

/** Gathers names until a chunk of their elements is full, so that a long run of them stays out of memory. */
export function openNames(heap: GlobalHeap, column: ChunkedDataset): Names {
  let elements: StringElement[] = [];
  const flush = async () => {
    await heap.flush();
    await column.append(join(...elements.map((element) => element())));
    elements = [];
  };
  return {
    async add(name) {
      elements.push(await heap.add(name));
      if (elements.length === columnRows) await flush();
    },
    async close() {
      await flush();
      return column.close([]);
    },
  };
}
