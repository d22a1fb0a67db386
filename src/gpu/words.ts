/** The numbers of a whole batch, carried over at once. */
export interface Words {
  /** Puts numbers at the end and says where they begin; negative ones as their two's complement. */
  add(numbers: ArrayLike<number>): number;
  /** The same for what several dispatches share: `source` is put there once. */
  share(source: object, numbers: () => ArrayLike<number>): number;
  /** All so far. */
  all(): Uint32Array<ArrayBuffer>;
}

/** Begins a {@link Words}. */
export function createWords(): Words {
  let room = new Uint32Array(16_384);
  let length = 0;
  const shared = new Map<object, number>();
  const words: Words = {
    add(numbers) {
      const at = length;
      length += numbers.length;
      if (length > room.length) {
        const larger = new Uint32Array(2 * length);
        larger.set(room.subarray(0, at));
        room = larger;
      }
      room.set(numbers, at);
      return at;
    },
    share(source, numbers) {
      const known = shared.get(source);
      if (known !== undefined) return known;
      const at = words.add(numbers());
      shared.set(source, at);
      return at;
    },
    all: () => room.subarray(0, length),
  };
  return words;
}

/** Bytes, four to a word. */
export function bytesAsWords(bytes: ArrayLike<number>): Uint32Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
