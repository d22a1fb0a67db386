/**
 * The pieces of the HDF5 File Format Specification (version 3.0, "III" and "IV" below are its sections) that we write.
 * Every address and length has eight bytes; nothing holds a time, so bytes repeat.
 */

import { joinBytes } from '../base/join-bytes';

/** What stands for no address. */
export const undefinedAddress = 2 ** 64;

/** Little-endian unsigned integers. */
export const u8 = (...values: readonly number[]) => Uint8Array.from(values);
export const u16 = (value: number) => u8(value & 255, value >> 8);
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
/** Up to 2^53, or {@link undefinedAddress}, which is all ones. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  putU64(new DataView(bytes.buffer), 0, value);
  return bytes;
}
/** Writes what {@link u64} gives into a view. */
export function putU64(view: DataView, at: number, value: number): void {
  const all = value === undefinedAddress;
  view.setUint32(at, all ? 0xffffffff : value % 2 ** 32, true);
  view.setUint32(at + 4, all ? 0xffffffff : Math.floor(value / 2 ** 32), true);
}

/** Puts pieces one behind another. */
export const join = (...pieces: readonly Uint8Array[]): Uint8Array => joinBytes(pieces);

/** Pads with zeros to a multiple of eight. */
export function padded(bytes: Uint8Array): Uint8Array {
  return join(bytes, new Uint8Array((8 - (bytes.length % 8)) % 8));
}

/** A datatype: its message's body (IV.A.2.d) and the bytes of one element. */
export interface Datatype {
  readonly message: Uint8Array;
  readonly bytes: number;
}

const integer = (bytes: number, signed: boolean): Datatype => ({
  message: join(u8(0x10, signed ? 8 : 0, 0, 0), u32(bytes), u16(0), u16(bytes * 8)),
  bytes,
});

/** IEEE 754, with the sign at the top and an implied first bit of the mantissa. */
const float = (bytes: number, exponent: number, mantissa: number): Datatype => ({
  message: join(
    u8(0x11, 0x20, bytes * 8 - 1, 0),
    u32(bytes),
    u16(0),
    u16(bytes * 8),
    u8(mantissa, exponent, 0, mantissa),
    u32(2 ** (exponent - 1) - 1),
  ),
  bytes,
});

/** The element types that we write. `string` is UTF-8 of any length, as h5py's `string_dtype()` makes it. */
export const datatypes = {
  uint8: integer(1, false),
  int64: integer(8, true),
  float16: float(2, 5, 10),
  float32: float(4, 8, 23),
  float64: float(8, 11, 52),
  string: { message: join(u8(0x19, 1, 1, 0), u32(16), integer(1, false).message), bytes: 16 },
} as const satisfies Readonly<Record<string, Datatype>>;

/** Dataspace message's body, version 2 (IV.A.2.b); no dimensions make a scalar. */
export const dataspace = (dims: readonly number[]) =>
  join(u8(2, dims.length, 0, dims.length === 0 ? 0 : 1), ...dims.map(u64));

/** A message of an object header. */
export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

/** An attribute (IV.A.2.m, version 3, named in UTF-8). `data` is the value's bytes; its message may hold 65,535 in all. */
export function attribute(name: string, type: Datatype, dims: readonly number[], data: Uint8Array): Message {
  const text = join(new TextEncoder().encode(name), u8(0));
  const space = dataspace(dims);
  return {
    type: 0x0c,
    body: join(
      u8(3, 0),
      u16(text.length),
      u16(type.message.length),
      u16(space.length),
      u8(1),
      text,
      type.message,
      space,
      data,
    ),
  };
}

/** An attribute of one dimension. */
export const numbersAttribute = (name: string, numbers: readonly number[]): Message =>
  attribute(name, datatypes.float64, [numbers.length], new Uint8Array(Float64Array.from(numbers).buffer));

/** A group's messages: link info without an index, group info, and a hard link for each member (IV.A.2.c, g, k). */
export function groupMessages(
  links: readonly { readonly name: string; readonly address: number }[],
): Message[] {
  return [
    { type: 0x02, body: join(u8(0, 0), u64(undefinedAddress), u64(undefinedAddress)) },
    { type: 0x0a, body: u8(0, 0) },
    ...links.map(({ name, address }) => {
      const text = new TextEncoder().encode(name);
      // Flags: a character set follows, the name's length has two bytes.
      return { type: 0x06, body: join(u8(1, 0x11, 1), u16(text.length), text, u64(address)) };
    }),
  ];
}

/** An object header of version 2 in one piece, without times (IV.A.1.b). */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const body = join(...messages.flatMap(({ type, body }) => [u8(type), u16(body.length), u8(0), body]));
  return withChecksum(join(ascii('OHDR'), u8(2, 0x02), u32(body.length), body));
}

/** The superblock of version 2 (II.B), {@link superblockBytes} long. */
export function superblock(endOfFile: number, root: number): Uint8Array {
  return withChecksum(
    join(
      u8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2, 8, 8, 0),
      u64(0),
      u64(undefinedAddress),
      u64(endOfFile),
      u64(root),
    ),
  );
}
export const superblockBytes = 48;

export const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Appends the checksum of what stands before it. */
export const withChecksum = (bytes: Uint8Array) => join(bytes, u32(lookup3(bytes)));

/** Bob Jenkins' lookup3 `hashlittle` with an initial value of 0 (public domain), the checksum of all metadata. */
export function lookup3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  let left = bytes.length;
  const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));
  for (; left > 12; left -= 12, at += 12) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (left === 0) return c >>> 0;
  const tail = new DataView(new ArrayBuffer(12)); // zeros beyond the end change nothing
  for (let i = 0; i < left; i++) tail.setUint8(i, bytes[at + i]);
  a = (a + tail.getInt32(0, true)) | 0;
  b = (b + tail.getInt32(4, true)) | 0;
  c = (c + tail.getInt32(8, true)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
