import type { StoredFile } from '../core/plugin';
import { unshuffled } from './hdf5-chunks';
import { join, lookup3, superblockBytes } from './hdf5-encode';

/** Reads rows of the files that `hdf5.ts` writes, to verify them: by what lies there, with a few small reads a row. */
export interface Hdf5Reader {
  /** By its path, `/` between groups. */
  dataset(name: string): Promise<ReadDataset>;
}

/** A dataset with chunks along its first dimension. */
export interface ReadDataset {
  readonly dims: readonly number[];
  readonly elementBytes: number;
  /** The bytes of one row. */
  row(index: number): Promise<Uint8Array>;
  /** The UTF-8 of a string in a dataset of strings. */
  text(index: number): Promise<Uint8Array>;
}

/**
 * Opens a file. Sections are those of the HDF5 File Format Specification, as in `hdf5-encode.ts`.
 * @throws RangeError for anything that is not as we write it.
 */
export async function openReader(file: StoredFile): Promise<Hdf5Reader> {
  const readPiece = readInBlocks(file);
  const read = async (at: number, bytes: number): Promise<DataView> => {
    check(at + bytes <= file.bytes, `${bytes} bytes at ${at} lie beyond its end`);
    const piece = await readPiece(at, at + bytes);
    check(piece.length === bytes, `${piece.length} of ${bytes} bytes came from ${at}`);
    return new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  };
  const block = await read(0, superblockBytes);
  check(block.getUint32(0) === 0x89484446 && block.getUint8(8) === 2, 'no superblock');
  checkSum(block, 'superblock');
  check(u64(block, 28) === file.bytes, `it says it has ${u64(block, 28)} bytes`);
  return {
    async dataset(path) {
      let messages = await readHeader(read, u64(block, 36));
      for (const name of path.split('/')) {
        const address = linksOf(messages).get(name);
        check(address !== undefined, `there is no ${path}`);
        messages = await readHeader(read, address);
      }
      return openDataset(read, messages);
    },
  };
}

function linksOf(messages: readonly ReadMessage[]): ReadonlyMap<string, number> {
  const links = new Map<string, number>();
  for (const { type, body } of messages) {
    if (type !== 0x06) continue;
    const length = body.getUint16(3, true);
    links.set(textOf(body, 5, length), u64(body, 5 + length));
  }
  return links;
}

/**
 * Keeps blocks of what was read in small pieces: headers and the index lie together at a file's end, and each read may be
 * a request.
 */
function readInBlocks(file: StoredFile): StoredFile['read'] {
  const blocks = new Map<number, Promise<Uint8Array>>();
  const blockAt = (index: number) => {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    if (blocks.size === mostBlocks) blocks.clear();
    const block = file.read(index * blockBytes, Math.min(file.bytes, (index + 1) * blockBytes));
    blocks.set(index, block);
    return block;
  };
  return async (start, end) => {
    const first = Math.floor(start / blockBytes);
    if (end - start > blockBytes / 4) return file.read(start, end);
    const head = (await blockAt(first)).subarray(start - first * blockBytes, end - first * blockBytes);
    if (end <= (first + 1) * blockBytes) return head;
    return join(head, (await blockAt(first + 1)).subarray(0, end - (first + 1) * blockBytes));
  };
}

const blockBytes = 64 * 1024;

/** 4 MB in all. */
const mostBlocks = 64;

type Read = (at: number, bytes: number) => Promise<DataView>;

interface ReadMessage {
  readonly type: number;
  readonly body: DataView;
}

async function readHeader(read: Read, address: number): Promise<readonly ReadMessage[]> {
  const start = await read(address, 10);
  check(start.getUint32(0) === 0x4f484452, `no object header at ${address}`);
  const length = start.getUint32(6, true);
  const header = await read(address, 10 + length + 4);
  checkSum(header, `object header at ${address}`);
  const messages: ReadMessage[] = [];
  for (let at = 10; at < 10 + length; ) {
    const bytes = header.getUint16(at + 1, true);
    messages.push({
      type: header.getUint8(at),
      body: new DataView(header.buffer, header.byteOffset + at + 4, bytes),
    });
    at += 4 + bytes;
  }
  return messages;
}

function openDataset(read: Read, messages: readonly ReadMessage[]): ReadDataset {
  const body = (type: number) => messages.find((message) => message.type === type)?.body;
  const [space, datatype, layout] = [body(0x01), body(0x03), body(0x08)];
  check(space !== undefined && datatype !== undefined && layout !== undefined, 'a dataset lacks a message');
  const dims = Array.from({ length: space.getUint8(1) }, (_, i) => u64(space, 4 + i * 8));
  const elementBytes = datatype.getUint32(4, true);
  check(layout.getUint8(1) === 2, 'a dataset has no chunks');
  const tree = u64(layout, 3);
  const rowsPerChunk = layout.getUint32(11, true);
  const rowBytes = dims.slice(1).reduce((product, side) => product * side, elementBytes);
  const packed = body(0x0b) !== undefined;
  const row = async (index: number) => {
    const chunk = await findChunk(read, tree, dims.length, Math.floor(index / rowsPerChunk) * rowsPerChunk);
    const within = (index % rowsPerChunk) * rowBytes;
    if (!packed) return bytesOf(await read(chunk.address + within, rowBytes));
    const inflated = await inflate(bytesOf(await read(chunk.address, chunk.bytes)));
    check(inflated.length === rowsPerChunk * rowBytes, `a chunk unpacks to ${inflated.length} bytes`);
    return unshuffled(inflated, elementBytes).subarray(within, within + rowBytes);
  };
  return {
    dims,
    elementBytes,
    row,
    async text(index) {
      const element = await row(index);
      const view = new DataView(element.buffer, element.byteOffset, element.byteLength);
      const length = view.getUint32(0, true);
      return length === 0
        ? element.subarray(0, 0)
        : readString(read, u64(view, 4), view.getUint32(12, true), length);
    },
  };
}

/** Walks the B-tree (III.A.1) down to the chunk that begins at row `wanted`. */
async function findChunk(
  read: Read,
  root: number,
  rank: number,
  wanted: number,
): Promise<{ readonly address: number; readonly bytes: number }> {
  const keyBytes = 8 + (rank + 1) * 8;
  for (let at = root, above = Number.POSITIVE_INFINITY; ; ) {
    const start = await read(at, 24);
    const level = start.getUint8(5);
    check(start.getUint32(0) === 0x54524545 && level < above, `no node of the index at ${at}`);
    const used = start.getUint16(6, true);
    const node = await read(at + 24, used * (keyBytes + 8) + keyBytes);
    let child = used - 1;
    while (child > 0 && u64(node, child * (keyBytes + 8) + 8) > wanted) child--;
    const key = child * (keyBytes + 8);
    const address = u64(node, key + keyBytes);
    if (level === 0) {
      check(u64(node, key + 8) === wanted, `the index lacks the chunk of row ${wanted}`);
      return { address, bytes: node.getUint32(key, true) };
    }
    at = address;
    above = level;
  }
}

/** Finds an object of a global heap's collection (III.E). */
async function readString(read: Read, address: number, index: number, length: number): Promise<Uint8Array> {
  const start = await read(address, 16);
  check(start.getUint32(0) === 0x47434f4c, `no heap at ${address}`);
  const heap = await read(address, u64(start, 8));
  for (let at = 16; at + 16 <= heap.byteLength; ) {
    const bytes = u64(heap, at + 8);
    const found = heap.getUint16(at, true);
    if (found === index) {
      check(bytes === length, `a string has ${bytes} bytes instead of ${length}`);
      return bytesOf(new DataView(heap.buffer, heap.byteOffset + at + 16, bytes));
    }
    if (found === 0) break;
    at += 16 + Math.ceil(bytes / 8) * 8;
  }
  throw new RangeError(`the heap at ${address} has no object ${index}`);
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    // Our buffers are never shared between threads, which the type would allow.
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    return new Uint8Array(
      await new Response(stream.pipeThrough(new DecompressionStream('deflate'))).arrayBuffer(),
    );
  } catch (error) {
    throw new RangeError(`a chunk cannot be unpacked (${error instanceof Error ? error.message : error})`);
  }
}

function checkSum(view: DataView, what: string): void {
  const before = bytesOf(view).subarray(0, view.byteLength - 4);
  check(
    view.getUint32(view.byteLength - 4, true) === lookup3(before),
    `the checksum of its ${what} is wrong`,
  );
}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RangeError(message);
}

const u64 = (view: DataView, at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
const bytesOf = (view: DataView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const textOf = (view: DataView, at: number, length: number) =>
  new TextDecoder().decode(bytesOf(view).subarray(at, at + length));
