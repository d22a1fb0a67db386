/**
 * Makes a `/`-separated path that every file system, zip reader and the file system API of browsers takes, and
 * that stays below its folder. Different paths may become the same: `core/name.ts` tells them apart again.
 *
 * `.`, `..` and empty parts go; separators, characters reserved on Windows, control, format and unpaired surrogate
 * characters become `_`; so do dots and spaces at a part's end, and a dot at its front, which would hide it; device
 * names of Windows (`con`, `nul.txt`) get a `_` in front; a part is cut to 150 bytes of UTF-8.
 */
export function safePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length === 0 ? '_' : parts.map(safePart).join('/');
}

/** True of a path that {@link safePath} leaves as it is, but for its length: what we write may bear a suffix and an ending. */
export function isSafePath(path: string): boolean {
  return utf8Bytes(path) <= longestPath && path.split('/').every(isSafePart);
}

const isSafePart = (part: string) =>
  part !== '.' && part !== '..' && plainPart(part) === part && utf8Bytes(part) <= 255;

const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;

/** Systems take 4096 bytes with the folder that it lies in. */
const longestPath = 2048;

/** Makes one part of a path safe; a separator in it becomes `_` like any other reserved character. */
export function safePart(part: string): string {
  return cut(plainPart(part));
}

function plainPart(part: string): string {
  const plain = part
    .normalize('NFC') // macOS shows both forms as one name; zip readers elsewhere do not
    .toWellFormed()
    .replace(reserved, '_')
    .replace(/^\s+|[.\s]+$/gu, '_')
    .replace(/^\./, '_');
  return deviceName.test(plain) || plain === '' ? `_${plain}` : plain;
}

/** What Windows reserves, what Chromium refuses in a name, and what cannot be seen. ZWJ and ZWNJ shape some scripts. */
const reserved = /[\\/:*?"<>|\p{Cc}\ufffd\p{Noncharacter_Code_Point}]|(?![\u200c\u200d])\p{Cf}/gu;

/** Reserved on Windows in any case and with any ending (Microsoft, Naming Files, Paths, and Namespaces). */
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)/i;

/** File systems take 255 bytes (or UTF-16 units) a part; the rest is room for a suffix and an ending. */
const longestPart = 150;

function cut(part: string): string {
  if (part.length * 3 <= longestPart) return part;
  const bytes = new TextEncoder().encode(part);
  if (bytes.length <= longestPart) return part;
  let end = longestPart;
  while ((bytes[end] & 0xc0) === 0x80) end--; // not within a character
  return new TextDecoder().decode(bytes.subarray(0, end)).replace(/[.\s]+$/u, '_');
}
