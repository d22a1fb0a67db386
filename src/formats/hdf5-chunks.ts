import { assert } from '../base/assert';
import {
  ascii,
  type Datatype,
  dataspace,
  join,
  type Message,
  objectHeader,
  putU64,
  u8,
  u16,
  u32,
  u64,
  undefinedAddress,
} from './hdf5-encode';

/** A file to which HDF5's pieces are appended. */
export interface Hdf5File {
  /** Appends and gives the address. */
  append(bytes: Uint8Array): Promise<number>;
}

/** How chunks are packed. */
export interface Packing {
  /** Packs by zlib (RFC 1950). */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Rows on their way into a chunked dataset. */
export interface ChunkedDataset {
  /** Appends whole rows. The buffer may be reused once it resolves. */
  append(bytes: Uint8Array): Promise<void>;
  /** Writes the last chunk, the index and the object header; gives the header's address. */
  close(attributes: readonly Message[]): Promise<number>;
}

/** What a chunked dataset holds. */
export interface DatasetShape {
  readonly type: Datatype;
  /** Dimensions of one row. */
  readonly row: readonly number[];
  readonly rowsPerChunk: number;
  /** Null stores chunks as they are. */
  readonly packing: Packing | null;
}

/**
 * Begins a dataset whose chunks, of `rowsPerChunk` rows each, go to the file as they fill. In memory stay one chunk, and
 * the chunks' addresses, 12 bytes a chunk: they make the index, a version 1 B-tree (III.A.1), at the end.
 */
export function openChunks(file: Hdf5File, shape: DatasetShape): ChunkedDataset {
  const { type, row, rowsPerChunk, packing } = shape;
  const rowBytes = row.reduce((product, side) => product * side, type.bytes);
  const chunkBytes = rowBytes * rowsPerChunk;
  assert(chunkBytes > 0 && chunkBytes < 2 ** 32, `an HDF5 chunk of ${chunkBytes} bytes`);
  const index = createIndex();
  let chunk: Uint8Array | null = null;
  let filled = 0;
  let total = 0;
  const put = async (bytes: Uint8Array) => {
    const stored = packing === null ? bytes : await packing.deflate(shuffled(bytes, type.bytes));
    index.add(await file.append(stored), stored.length);
  };
  return {
    async append(bytes) {
      total += bytes.length;
      for (let at = 0; at < bytes.length; ) {
        if (filled === 0 && bytes.length - at >= chunkBytes) {
          await put(bytes.subarray(at, at + chunkBytes));
          at += chunkBytes;
          continue;
        }
        chunk ??= new Uint8Array(chunkBytes);
        const piece = bytes.subarray(at, at + chunkBytes - filled);
        chunk.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled < chunkBytes) continue;
        await put(chunk);
        filled = 0;
      }
    },
    async close(attributes) {
      assert(total % rowBytes === 0, `an HDF5 dataset of ${total / rowBytes} rows`);
      if (filled > 0 && chunk !== null) {
        chunk.fill(0, filled); // a chunk at the edge is as large as the others
        await put(chunk);
      }
      const tree = await writeIndex(file, index, rowsPerChunk, row.length + 1);
      const dims = [total / rowBytes, ...row];
      return file.append(
        objectHeader([
          { type: 0x01, body: dataspace(dims) },
          { type: 0x03, body: type.message },
          fillValue,
          { type: 0x08, body: chunkedLayout(tree, [rowsPerChunk, ...row], type.bytes) },
          ...(packing === null ? [] : [{ type: 0x0b, body: filters(type.bytes) }]),
          ...attributes,
        ]),
      );
    },
  };
}

/** Writes a small dataset whole, stored in one piece; gives its header's address. */
export async function writeDataset(
  file: Hdf5File,
  type: Datatype,
  dims: readonly number[],
  data: Uint8Array,
  attributes: readonly Message[] = [],
): Promise<number> {
  const address = data.length === 0 ? undefinedAddress : await file.append(data);
  const layout = join(u8(3, 1), u64(address), u64(data.length));
  return file.append(
    objectHeader([
      { type: 0x01, body: dataspace(dims) },
      { type: 0x03, body: type.message },
      fillValue,
      { type: 0x08, body: layout },
      ...attributes,
    ]),
  );
}

/** The fill value's message (IV.A.2.f, version 2): zeros, written where space is allocated as it is needed. */
const fillValue: Message = { type: 0x05, body: join(u8(2, 3, 2, 1), u32(0)) };

/** The layout message (IV.A.2.i, version 3) of a chunked dataset; its last dimension is the element's size. */
const chunkedLayout = (tree: number, chunk: readonly number[], elementBytes: number) =>
  join(u8(3, 2, chunk.length + 1), u64(tree), ...chunk.map(u32), u32(elementBytes));

/** The filter pipeline (IV.A.2.l, version 2): bytes sorted by their place in the element, then deflate. */
const filters = (elementBytes: number) =>
  elementBytes === 1
    ? join(u8(2, 1), deflateFilter)
    : join(u8(2, 2), u16(2), u16(1), u16(1), u32(elementBytes), deflateFilter);

/** Optional, with one value: zlib's usual level, which readers only show. */
const deflateFilter = join(u16(1), u16(1), u16(1), u32(6));

/** The shuffle filter: all first bytes of the elements, then all second bytes, and so on. */
function shuffled(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (elementBytes === 1) return bytes;
  const count = bytes.length / elementBytes;
  const sorted = new Uint8Array(bytes.length);
  for (let place = 0; place < elementBytes; place++) {
    for (let i = 0; i < count; i++) sorted[place * count + i] = bytes[i * elementBytes + place];
  }
  return sorted;
}

/** Undoes {@link shuffled}. */
export function unshuffled(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (elementBytes === 1) return bytes;
  const count = bytes.length / elementBytes;
  const elements = new Uint8Array(bytes.length);
  for (let place = 0; place < elementBytes; place++) {
    for (let i = 0; i < count; i++) elements[i * elementBytes + place] = bytes[place * count + i];
  }
  return elements;
}

/** Addresses and sizes of chunks, in order. */
interface ChunkIndex {
  readonly count: number;
  add(address: number, bytes: number): void;
  address(i: number): number;
  bytes(i: number): number;
}

function createIndex(): ChunkIndex {
  let addresses = new Float64Array(64); // exact up to 2^53
  let sizes = new Uint32Array(64);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(address, bytes) {
      if (count === addresses.length) {
        const [before, sizesBefore] = [addresses, sizes];
        addresses = new Float64Array(count * 2);
        addresses.set(before);
        sizes = new Uint32Array(count * 2);
        sizes.set(sizesBefore);
      }
      addresses[count] = address;
      sizes[count++] = bytes;
    },
    address: (i) => addresses[i],
    bytes: (i) => sizes[i],
  };
}

/** Children of a full node: twice the library's default rank for chunks, which a file without superblock extension has. */
const nodeChildren = 64;

/** A node's place in the tree: the first of its chunks, and where it was written. */
interface Child {
  readonly firstChunk: number;
  readonly address: number;
}

/**
 * Writes the index of chunks that lie one behind another along the first dimension, from its leaves up; gives the root's
 * address. A key holds its chunk's stored size, a mask of filters passed over (none), and its offset in elements,
 * with a last 0 for the element itself. Every node takes its full size; its neighbours are known since all are of one size.
 */
async function writeIndex(
  file: Hdf5File,
  index: ChunkIndex,
  rowsPerChunk: number,
  rank: number,
): Promise<number> {
  if (index.count === 0) return undefinedAddress;
  const keyBytes = 8 + (rank + 1) * 8;
  const nodeBytes = 24 + nodeChildren * 8 + (nodeChildren + 1) * keyBytes;
  let children: readonly Child[] | null = null; // null: the chunks themselves
  for (let level = 0; ; level++) {
    const count: number = children?.length ?? index.count;
    const nodes: Child[] = [];
    // A node is written knowing where the next will be: nothing comes between them.
    let at = await file.append(new Uint8Array(0));
    const chunkOf = (child: number) =>
      child === count ? index.count : (children?.[child].firstChunk ?? child);
    for (let first = 0; first < count; first += nodeChildren) {
      const used = Math.min(nodeChildren, count - first);
      const node = new Uint8Array(nodeBytes);
      const view = new DataView(node.buffer);
      node.set(join(ascii('TREE'), u8(1, level), u16(used)));
      putU64(view, 8, first === 0 ? undefinedAddress : at - nodeBytes);
      putU64(view, 16, first + used === count ? undefinedAddress : at + nodeBytes);
      for (let i = 0; i <= used; i++) {
        const key = 24 + i * (keyBytes + 8);
        const chunk = chunkOf(first + i);
        view.setUint32(key, chunk < index.count ? index.bytes(chunk) : 0, true);
        putU64(view, key + 8, chunk * rowsPerChunk);
        if (i < used) putU64(view, key + keyBytes, children?.[first + i].address ?? index.address(first + i));
      }
      assert((await file.append(node)) === at, 'something was written between the nodes of a level');
      nodes.push({ firstChunk: chunkOf(first), address: at });
      at += nodeBytes;
    }
    if (nodes.length === 1) return nodes[0].address;
    children = nodes;
  }
}

/** Rows of so many bytes that make a chunk. */
export const chunkRows = (rowBytes: number) => Math.max(1, Math.floor(usualChunkBytes / rowBytes));

/**
 * Bytes of one chunk of images or vectors. h5py's cache holds 1 MB of chunks: larger ones would be read again for every row
 * that is sliced from them, smaller ones make a longer index. A row is never cut.
 */
const usualChunkBytes = 256 * 1024;

/** Packs by zlib through the platform, which is several times faster than JavaScript. */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  // Our buffers are never shared between threads, which the type would allow.
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
