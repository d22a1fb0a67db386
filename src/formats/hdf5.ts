import { z } from 'zod';
import { assert } from '../base/assert';
import { knob } from '../core/knobs';
import type { Format, RowsInfo, TargetFile, Writer } from '../core/plugin';
import { dtypeBytes, type Row } from '../core/row';
import { splits } from '../core/split';
import { type ChunkedDataset, type Hdf5File, openChunks, writeDataset } from './hdf5-chunks';
import {
  attribute,
  type Datatype,
  datatypes,
  groupMessages,
  join,
  numbersAttribute,
  objectHeader,
  superblock,
  superblockBytes,
} from './hdf5-encode';
import { type GlobalHeap, openHeap, type StringElement } from './hdf5-heap';
import { openReader } from './hdf5-read';
import { pathSets, pythonParts, pythonString } from './python';
import { sameBytes } from './read-back';

const knobs = z.strictObject({
  compression: knob(z.enum(['none', 'deflate']), 'none', {
    label: 'Compression',
    help: 'none: chunks as they are, fastest to write and to slice; deflate: smaller, and slower.',
  }),
});

type Hdf5Knobs = z.output<typeof knobs>;

/**
 * One HDF5 file a shard (superblock 2, read by every library since HDF5 1.8 of 2008): `images`, `labels` (int64, -1 for
 * none), `splits` (uint8: 0 train, 1 validation, 2 test) where a file holds several, `filenames`, `class_names`, the
 * group `features`, and attributes: `recipe` on the root; `normalise`, `channels`, `layout`, `mean` and `std` on the
 * images; `class_names` on the labels, as long as an attribute can hold them; `split_names` on the splits. Rows stream
 * through: chunks are written as they fill, their index and all headers at the end.
 */
export const hdf5: Format<Hdf5Knobs> = {
  id: 'hdf5',
  label: 'HDF5',
  extension: 'h5',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses: (info) =>
    info.shape === null
      ? 'hdf5 cannot hold pictures of different sizes in one array; set image.fit to cover, contain or stretch'
      : null,
  async open(files, info, knobs, shard): Promise<Writer> {
    const target = await files.createOne(info.name, 'h5');
    const file = appendTo(target);
    // Its signature stands from the start; the rest is patched when the end is known.
    await file.append(
      join(superblock(0, 0).subarray(0, signatureBytes), new Uint8Array(superblockBytes - signatureBytes)),
    );
    const mixed = shard.folder === '' && info.splits.length > 1;
    return openRows(target, file, info, knobs, mixed);
  },
  async verify([file], written, info, _knobs, shard) {
    const { shape, dtype } = info;
    assert(shape !== null, 'hdf5 verified for pictures of different sizes');
    const wrong = (problem: string) => ({ path: file.path, problem });
    try {
      const reader = await openReader(file);
      const mixed = shard.folder === '' && info.splits.length > 1;
      const wanted: Readonly<Record<string, (row: Row) => Uint8Array | undefined>> = {
        images: (row) => row.tensor?.bytes,
        labels: (row) => labelBytes([row]),
        filenames: (row) => new TextEncoder().encode(row.key),
        ...(mixed && { splits: (row: Row) => splitBytes([row]) }),
      };
      for (const [name, bytesOf] of Object.entries(wanted)) {
        const dataset = await reader.dataset(name);
        const dims = name === 'images' ? [written.count, ...shape] : [written.count];
        if (dataset.dims.join() !== dims.join())
          return wrong(`has ${name} of shape [${dataset.dims}] instead of [${dims}]`);
        const bytes = name === 'images' ? dtypeBytes[dtype] : dataset.elementBytes;
        if (dataset.elementBytes !== bytes) return wrong(`has ${name} of another type than ${dtype}`);
        for (const { at, row } of written.sample) {
          const expected = bytesOf(row);
          assert(expected !== undefined, `hdf5 has nothing to compare for ${row.key}`);
          const got = name === 'filenames' ? await dataset.text(at) : await dataset.row(at);
          if (!sameBytes(got, expected)) return wrong(`holds other ${name} for row ${at} (${row.key})`);
        }
      }
      return null;
    } catch (error) {
      // What is damaged may be damaged in any way: the reader throws RangeErrors of its own and of views alike.
      if (error instanceof RangeError) return wrong(`cannot be read as HDF5: ${error.message}`);
      throw error;
    }
  },
  python: pythonLines,
};

/** Counts where the end is. */
function appendTo(target: TargetFile): Hdf5File {
  let end = 0;
  return {
    async append(bytes) {
      const address = end;
      end += bytes.length;
      if (bytes.length > 0) await target.write(bytes);
      return address;
    },
  };
}

function openRows(
  target: TargetFile,
  file: Hdf5File,
  info: RowsInfo,
  { compression }: Hdf5Knobs,
  mixed: boolean,
): Writer {
  const { shape, dtype } = info;
  assert(shape !== null, 'hdf5 opened for pictures of different sizes');
  const rowBytes = shape.reduce((product, side) => product * side, dtypeBytes[dtype]);
  const images = openChunks(file, {
    type: datatypes[dtype],
    row: shape,
    rowsPerChunk: Math.max(1, Math.floor(chunkBytes / rowBytes)),
    packing: compression === 'deflate' ? { deflate } : null,
  });
  const column = (type: Datatype) =>
    openChunks(file, { type, row: [], rowsPerChunk: columnRows, packing: null });
  const labels = column(datatypes.int64);
  const parts = mixed ? column(datatypes.uint8) : null;
  const names = openNames(openHeap(file), column(datatypes.string));
  return {
    async write(rows) {
      for (const { tensor, key } of rows) {
        assert(tensor?.bytes.length === rowBytes, `hdf5 got a tensor of another size for ${key}`);
        await images.append(tensor.bytes);
      }
      await labels.append(labelBytes(rows));
      await parts?.append(splitBytes(rows));
      for (const { key } of rows) await names.add(key);
    },
    async close() {
      const { normalisation, classNames } = info;
      const { mean, std } = normalisation;
      const heap = openHeap(file);
      const keep = async (values: readonly string[]) => {
        const elements: StringElement[] = [];
        for (const value of values) elements.push(await heap.add(value));
        return () => join(...elements.map((element) => element()));
      };
      const text = async (name: string, value: string) => {
        const kept = await keep([value]);
        return () => attribute(name, datatypes.string, [], kept());
      };
      const classes = await keep(classNames);
      const splitNames = await keep(splits);
      const described = [
        await text('normalise', normalisation.values),
        await text('channels', normalisation.channels),
        await text('layout', info.layout),
      ];
      const recipe = await text('recipe', info.recipe);
      await heap.flush();
      const labelAttributes =
        classNames.length > mostAttributeNames
          ? []
          : [attribute('class_names', datatypes.string, [classNames.length], classes())];
      const links = [
        {
          name: 'class_names',
          address: await writeDataset(file, datatypes.string, [classNames.length], classes()),
        },
        { name: 'features', address: await file.append(objectHeader(groupMessages([]))) },
        { name: 'filenames', address: await names.close() },
        {
          name: 'images',
          address: await images.close([
            ...described.map((make) => make()),
            ...(mean === null ? [] : [numbersAttribute('mean', mean)]),
            ...(std === null ? [] : [numbersAttribute('std', std)]),
          ]),
        },
        { name: 'labels', address: await labels.close(labelAttributes) },
      ];
      if (parts !== null) {
        const splitAttribute = attribute('split_names', datatypes.string, [splits.length], splitNames());
        links.push({ name: 'splits', address: await parts.close([splitAttribute]) });
      }
      const root = await file.append(objectHeader([...groupMessages(links), recipe()]));
      const end = await file.append(new Uint8Array(0));
      await target.patch(signatureBytes, superblock(end, root).subarray(signatureBytes));
    },
  };
}

/**
 * Bytes of one chunk of images. h5py's cache holds 1 MB of chunks: larger ones would be read again for every row that
 * is sliced from them, smaller ones make a longer index. A picture is never cut.
 */
const chunkBytes = 256 * 1024;

/** What a file begins with; never patched, since a write at the start begins a file anew. */
const signatureBytes = 8;

/** Rows in a chunk of labels, splits or names. */
const columnRows = 4096;

/** 16 bytes a string, and an attribute's message holds 64 KB; the dataset `class_names` holds any number. */
const mostAttributeNames = 4000;

interface Names {
  add(name: string): Promise<void>;
  close(): Promise<number>;
}

/** Gathers names until a chunk of their elements is full, so that a long run of them stays out of memory. */
function openNames(heap: GlobalHeap, column: ChunkedDataset): Names {
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

/** Packs by zlib through the platform, which is several times faster than JavaScript. */
async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  // Our buffers are never shared between threads, which the type would allow.
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function labelBytes(rows: readonly Row[]): Uint8Array {
  const labels = BigInt64Array.from(rows, ({ labelId }) => BigInt(labelId));
  return new Uint8Array(labels.buffer);
}

const splitBytes = (rows: readonly Row[]) => Uint8Array.from(rows, ({ split }) => splits.indexOf(split));

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const lines = sets.flatMap((set) => {
    const name = set.folder === '' ? '' : `${set.folder.replace(/\W+/g, '_').replace(/_$/, '')}_`;
    if (set.paths.length > 1)
      return [`${name}files = [h5py.File(path) for path in ${pythonParts(set)}]  # one a part`];
    return [
      `${name}file = h5py.File(${pythonString(set.paths[0])})`,
      `${name}images, ${name}labels = ${name}file["images"], ${name}file["labels"][:]  # images[0:8] reads eight`,
      `${name}filenames = ${name}file["filenames"].asstr()[:]`,
    ];
  });
  const first = `${sets[0]?.folder.replace(/\W+/g, '_') ?? ''}${sets[0]?.paths.length === 1 ? 'file' : 'files[0]'}`;
  return [
    ...(numbered ? ['from glob import glob'] : []),
    'import h5py',
    '',
    ...lines,
    `class_names = list(${first}["class_names"].asstr()[:])`,
  ].join('\n');
}
