import type { Huffman } from './jpeg-scan';

/** Reads the entropy-coded data of a JPEG scan bit by bit (ITU-T T.81, F.2.2): stuffed zeros are taken out. */
export interface JpegBits {
  /** The next code's value, or -1 where there is none: the data ends, or makes no sense. */
  code(table: Huffman): number;
  /** A difference of `size` bits, 0 to 15, with its sign (`EXTEND`). */
  difference(size: number): number;
  /** Goes behind the next marker, which must be the restart marker of this number; false when it is not. */
  restart(number: number): boolean;
  /** True when more bits were taken than there are. */
  isOver(): boolean;
}

/** Begins to read at `start`. */
export function createJpegBits(bytes: Uint8Array, start: number): JpegBits {
  let at = start;
  let window = 0; // the low `held` bits are still to come
  let held = 0;
  let missing = 0; // zeros that stand for bits behind the end

  function fill(): void {
    while (held <= 24) {
      const byte = bytes[at];
      if (at >= bytes.length || (byte === 0xff && bytes[at + 1] !== 0)) {
        missing += 8;
        window <<= 8;
      } else {
        at += byte === 0xff ? 2 : 1;
        window = (window << 8) | byte;
      }
      held += 8;
    }
  }

  return {
    code(table) {
      if (held < 16) fill();
      const entry = table[(window >>> (held - 16)) & 0xffff];
      if (entry === 0) return -1;
      held -= entry & 0xff;
      return entry >> 8;
    },
    difference(size) {
      if (size === 0) return 0;
      if (held < size) fill();
      held -= size;
      const bits = (window >>> held) & ((1 << size) - 1);
      return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
    },
    restart(number) {
      window = 0;
      held = 0;
      missing = 0;
      while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0)) at++;
      while (bytes[at + 1] === 0xff) at++;
      if (bytes[at + 1] !== 0xd0 + (number & 7)) return false;
      at += 2;
      return true;
    },
    isOver: () => missing > held,
  };
}
