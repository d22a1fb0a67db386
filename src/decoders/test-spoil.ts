import { joinBytes } from '../base/join-bytes';
import { type Random, random } from '../base/random';

/**
 * Damages a file as disks, networks and fuzzers do: bits flipped, bytes set, runs overwritten, length fields edited, parts
 * cut off, inserted, taken out, or replaced by the end of another file. The same key gives the same damage.
 */
export function spoil(bytes: Uint8Array, other: Uint8Array, key: string | number): Uint8Array<ArrayBuffer> {
  const draw = random('spoil', key);
  let result = Uint8Array.from(bytes);
  for (let change = 1 + below(draw, 3); change > 0 && result.length > 0; change--) {
    const ways = [flip, flip, set, set, fill, edit, edit, edit, cut, insert, remove, splice];
    result = ways[below(draw, ways.length)](result, draw, other);
  }
  return result;
}

type Way = (bytes: Uint8Array<ArrayBuffer>, draw: Random, other: Uint8Array) => Uint8Array<ArrayBuffer>;

const below = (draw: Random, limit: number) => Math.floor(draw.next() * limit);

/** Headers are short and decide most, so half of all damage falls on the first 64 bytes. */
const somewhere = (bytes: Uint8Array, draw: Random) =>
  below(draw, draw.next() < 0.5 ? Math.min(64, bytes.length) : bytes.length);

const flip: Way = (bytes, draw) => {
  for (let i = below(draw, 4); i >= 0; i--) bytes[somewhere(bytes, draw)] ^= 1 << below(draw, 8);
  return bytes;
};

const set: Way = (bytes, draw) => {
  bytes[somewhere(bytes, draw)] = [0, 1, 0x7f, 0x80, 0xff, below(draw, 256)][below(draw, 6)];
  return bytes;
};

const fill: Way = (bytes, draw) => {
  const at = somewhere(bytes, draw);
  return bytes.fill([0, 0xff, below(draw, 256)][below(draw, 3)], at, at + 1 + below(draw, 64));
};

/** Writes a number that lengths, counts and offsets must survive, in either order of bytes. */
const edit: Way = (bytes, draw) => {
  const size = [2, 4, 4, 8][below(draw, 4)];
  const at = somewhere(bytes, draw);
  if (at + size > bytes.length) return bytes;
  const most = 2n ** BigInt(size * 8);
  const length = BigInt(bytes.length);
  const numbers = [
    0n,
    1n,
    most - 1n,
    most / 2n,
    most / 2n - 1n,
    length,
    length - 1n,
    length + 1n,
    BigInt(at),
  ];
  let number = numbers[below(draw, numbers.length)] % most;
  const little = draw.next() < 0.5;
  for (let i = 0; i < size; i++, number >>= 8n)
    bytes[at + (little ? i : size - 1 - i)] = Number(number & 255n);
  return bytes;
};

const cut: Way = (bytes, draw) => bytes.slice(0, below(draw, bytes.length));

const insert: Way = (bytes, draw) => {
  const at = somewhere(bytes, draw);
  const from = below(draw, bytes.length);
  return joined(bytes.subarray(0, at), bytes.subarray(from, from + 1 + below(draw, 32)), bytes.subarray(at));
};

const remove: Way = (bytes, draw) => {
  const at = somewhere(bytes, draw);
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(draw, 16)));
};

const splice: Way = (bytes, draw, other) =>
  joined(bytes.subarray(0, below(draw, bytes.length)), other.subarray(below(draw, other.length)));

const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => joinBytes(parts);
