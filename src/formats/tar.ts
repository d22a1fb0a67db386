import { assert } from '../base/assert';

/** Bytes of a tar's block: headers take one, contents are padded to whole ones. */
export const tarBlock = 512;

/**
 * The header of a file in a tar (POSIX.1-1988, ustar): mode 644, owner 0 without a name, and no time, so that bytes
 * repeat. `name` is ASCII of at most 100 characters, `bytes` under 8 GiB.
 */
export function tarHeader(name: string, bytes: number): Uint8Array {
  assert(/^[\x21-\x7e]{1,100}$/.test(name), `${name} is no name for a tar without extensions`);
  assert(bytes < 8 ** 11, `${name} of ${bytes} bytes is too long for a tar without extensions`);
  const header = new Uint8Array(tarBlock);
  const put = (at: number, text: string) => new TextEncoder().encodeInto(text, header.subarray(at));
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(bytes, 11));
  put(136, octal(0, 11));
  put(148, ' '.repeat(8)); // counts as spaces in its own sum
  put(156, '0');
  put(257, 'ustar\u000000');
  put(329, octal(0, 7));
  put(337, octal(0, 7));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return header;
}

/** The zeros that fill a content's last block. */
export const tarPadding = (bytes: number) => new Uint8Array((tarBlock - (bytes % tarBlock)) % tarBlock);

/** What ends a tar. */
export const tarEnd = new Uint8Array(2 * tarBlock);
