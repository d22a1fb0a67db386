import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';

/** An .xz stream without its delta filter, and the distance at which the differences are to be undone afterwards. */
export interface WithoutDelta {
  readonly stream: Uint8Array;
  /** Bytes, 1 to 256. */
  readonly distance: number;
}

/**
 * Takes the delta filter out of an .xz stream of one block, as libtiff writes them, because small decoders know LZMA2 alone.
 * The stream is put together anew, without a check, whose sum would be of the undone data. Null when there is no such
 * filter, or more than is known here. After the .xz file format 1.2.1, sections 2 to 5.
 */
export function withoutDelta(stream: Uint8Array): WithoutDelta | null {
  if (stream.length < 32 || stream[0] !== 0xfd) return null;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const headerBytes = (stream[12] + 1) * 4;
  const flags = stream[13];
  let at = 14;
  const number = () => {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = stream[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  if (flags & 0x40) number();
  if (flags & 0x80) number();
  if ((flags & 3) !== 1 || number() !== deltaFilter || number() !== 1) return null;
  const distance = stream[at++] + 1;
  if (number() !== lzma2Filter || number() !== 1) return null;
  const dictionary = stream[at];
  // The index is found from the end: its size in words of four bytes stands before the footer's flags.
  const indexBytes = (view.getUint32(stream.length - 8, true) + 1) * 4;
  at = stream.length - 12 - indexBytes + 1;
  if (at < 24 || number() !== 1) return null;
  const compressedBytes = number() - headerBytes - (checkBytes[stream[7] & 15] ?? 0);
  const expandedBytes = number();
  const start = 12 + headerBytes;
  if (compressedBytes <= 0 || start + compressedBytes > stream.length) return null;
  const data = stream.subarray(start, start + compressedBytes);
  return { stream: wrap(data, dictionary, expandedBytes), distance };
}

const deltaFilter = 3;
const lzma2Filter = 0x21;

/** Bytes of a block's check by its kind: none, CRC32, CRC64, SHA-256. */
const checkBytes: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };

function wrap(data: Uint8Array, dictionary: number, expandedBytes: number): Uint8Array {
  const flags = [0, 0];
  const block = [2, 0, lzma2Filter, 1, dictionary, 0, 0, 0];
  const index = padded([0, 1, ...variable(block.length + 4 + data.length), ...variable(expandedBytes)]);
  const footer = [...word((index.length + 4) / 4 - 1), ...flags];
  const parts: readonly ArrayLike<number>[] = [
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    summed(flags),
    summed(block),
    data,
    new Uint8Array((4 - (data.length % 4)) % 4),
    summed(index),
    word(sum(footer)),
    footer,
    [0x59, 0x5a],
  ];
  return joinBytes(parts);
}

const sum = (bytes: readonly number[]) => crc32(Uint8Array.from(bytes), 0, bytes.length);
const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const summed = (bytes: readonly number[]) => [...bytes, ...word(sum(bytes))];
const padded = (bytes: readonly number[]) => [
  ...bytes,
  ...new Array<number>((4 - (bytes.length % 4)) % 4).fill(0),
];

function variable(value: number): readonly number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
