import { assert } from '../base/assert';
import type { Hdf5File } from './hdf5-chunks';
import { ascii, join, padded, u8, u16, u32, u64 } from './hdf5-encode';

/** Where strings of any length are kept. */
export interface GlobalHeap {
  /** Keeps a string; gives a function that makes its element once the heap's collection is in the file. */
  add(text: string): Promise<StringElement>;
  /** Puts the collection under way into the file: afterwards every element has its address. */
  flush(): Promise<void>;
}

/** What a dataset or an attribute holds of a string: length, collection, index in it (16 bytes). Valid after a flush. */
export type StringElement = () => Uint8Array;

/**
 * Begins the file's global heap (III.E): collections that go to the file as they fill, each of at most
 * {@link collectionBytes} but for one string that is longer.
 */
export function openHeap(file: Hdf5File): GlobalHeap {
  let objects: Uint8Array[] = [];
  let bytes = 0;
  let place: { address: number | null } = { address: null };
  const flush = async () => {
    if (objects.length === 0) return;
    const used = headerBytes + bytes;
    const size = Math.max(smallestCollection, used);
    const free = size - used;
    // Object 0 says how much is free; where its own header does not fit, nothing does.
    const end =
      free >= headerBytes
        ? join(u16(0), u16(0), u32(0), u64(free), new Uint8Array(free - headerBytes))
        : new Uint8Array(free);
    place.address = await file.append(join(ascii('GCOL'), u8(1, 0, 0, 0), u64(size), ...objects, end));
    objects = [];
    bytes = 0;
    place = { address: null };
  };
  return {
    flush,
    async add(text) {
      const content = new TextEncoder().encode(text);
      const object = join(u16(objects.length + 1), u16(1), u32(0), u64(content.length), padded(content));
      if (
        objects.length > 0 &&
        (headerBytes + bytes + object.length > collectionBytes || objects.length === mostObjects)
      ) {
        await flush();
        object.set(u16(1));
      }
      objects.push(object);
      bytes += object.length;
      const index = objects.length;
      const mine = place;
      return () => {
        assert(mine.address !== null, 'an HDF5 string was asked for before its heap was flushed');
        // The library writes an empty string as nothing at all.
        return content.length === 0
          ? new Uint8Array(16)
          : join(u32(content.length), u64(mine.address), u32(index));
      };
    },
  };
}

/** Of a collection and of an object in it. */
const headerBytes = 16;

/** The least that the library takes. */
const smallestCollection = 4096;

/** More holds more strings in memory, less makes more collections, each of which a reader loads whole. */
const collectionBytes = 64 * 1024;

const mostObjects = 65_535;
