import type { Size } from '../core/image';

/** What a JPEG XL codestream says before its first frame. */
export interface JxlHeader {
  /** As stored, before orientation. */
  readonly size: Size;
  /** 1 to 8. */
  readonly orientation: number;
  readonly bits: number;
  readonly float: boolean;
  readonly grey: boolean;
  readonly alpha: boolean;
  readonly animated: boolean;
}

/** Reads a codestream's size and image metadata (ISO/IEC 18181-1, annexes A and D); null when it is cut or none. */
export function readJxlHeader(codestream: Uint8Array): JxlHeader | null {
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a) return null;
  const bits = bitsOf(codestream, 2);
  const size = readSize(bits);
  const header = readMetadata(bits, size);
  return bits.overrun() ? null : header;
}

interface Bits {
  /** Up to 32 bits, the low ones first. */
  u(count: number): number;
  flag(): boolean;
  /** One of four ways, as two bits say: a constant, or an offset and a count of bits. */
  u32(...ways: readonly (readonly [offset: number, bits: number])[]): number;
  overrun(): boolean;
}

function bitsOf(bytes: Uint8Array, start: number): Bits {
  let at = start * 8;
  const u = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value += (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** i;
    return value;
  };
  return {
    u,
    flag: () => u(1) === 1,
    u32(...ways) {
      const [offset, count] = ways[u(2)];
      return offset + u(count);
    },
    overrun: () => at > bytes.length * 8,
  };
}

/** Width over height, by the three bits of a ratio. */
const ratios = [[0, 1], [1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]] as const; // biome-ignore format: a table

function readSize(bits: Bits): Size {
  const small = bits.flag();
  const side = () => (small ? (bits.u(5) + 1) * 8 : bits.u32([1, 9], [1, 13], [1, 18], [1, 30]));
  const height = side();
  const [across, down] = ratios[bits.u(3)];
  return { width: across === 0 ? side() : Math.floor((height * across) / down), height };
}

function readMetadata(bits: Bits, size: Size): JxlHeader {
  const plain = { size, orientation: 1, bits: 8, float: false, grey: false, alpha: false, animated: false };
  if (bits.flag()) return plain; // all default
  let [orientation, animated] = [1, false];
  if (bits.flag()) {
    orientation = 1 + bits.u(3);
    if (bits.flag()) readSize(bits); // the intrinsic size
    if (bits.flag()) passPreview(bits);
    animated = bits.flag();
    if (animated) {
      bits.u32([100, 0], [1000, 0], [1, 10], [1, 30]);
      bits.u32([1, 0], [1001, 0], [1, 8], [1, 10]);
      bits.u32([0, 0], [0, 3], [0, 16], [0, 32]);
      bits.flag();
    }
  }
  const depth = readDepth(bits);
  bits.flag(); // whether 16-bit buffers do
  const alpha = readExtraChannels(bits);
  bits.flag(); // whether it is XYB inside
  const grey = !bits.flag() && !bits.flag() && readEnum(bits) === 1;
  return { size, orientation, ...depth, grey, alpha, animated };
}

function passPreview(bits: Bits): void {
  const eighths = bits.flag();
  const side = () =>
    eighths ? bits.u32([16, 0], [32, 0], [1, 5], [33, 9]) : bits.u32([1, 6], [65, 8], [321, 10], [1345, 12]);
  side();
  if (bits.u(3) === 0) side();
}

function readDepth(bits: Bits): { readonly bits: number; readonly float: boolean } {
  if (!bits.flag()) return { bits: bits.u32([8, 0], [10, 0], [12, 0], [1, 6]), float: false };
  const depth = bits.u32([32, 0], [16, 0], [24, 0], [1, 6]);
  bits.u(4); // bits of the exponent
  return { bits: depth, float: true };
}

const readEnum = (bits: Bits) => bits.u32([0, 0], [1, 0], [2, 4], [18, 6]);

/** True when one of the extra channels is alpha. */
function readExtraChannels(bits: Bits): boolean {
  const count = bits.u32([0, 0], [1, 0], [2, 4], [1, 12]);
  let alpha = false;
  for (let i = 0; i < count && !bits.overrun(); i++) {
    if (bits.flag()) {
      alpha = true; // the default is alpha of 8 bits
      continue;
    }
    const type = readEnum(bits);
    readDepth(bits);
    bits.u32([0, 0], [3, 0], [4, 0], [1, 3]);
    const name = bits.u32([0, 0], [0, 4], [16, 5], [48, 10]);
    for (let letter = 0; letter < name && !bits.overrun(); letter++) bits.u(8);
    if (type === 0) {
      alpha = true;
      bits.flag(); // whether colours are multiplied by it: the decoder undoes it
    } else if (type === 2) for (let part = 0; part < 4; part++) bits.u(16);
    else if (type === 5) bits.u32([1, 0], [0, 2], [3, 4], [19, 8]);
  }
  return alpha;
}
