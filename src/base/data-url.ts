/** What a `data:` link gives. */
export type DataRead =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  /** `damaged` also for what is no `data:` link. */
  | { readonly ok: false; readonly why: 'damaged' | 'too-large' };

/** Reads a `data:` link (RFC 2397). More than `maxBytes` are refused before room is made for them. */
export function readDataUrl(url: string, maxBytes: number): DataRead {
  const comma = url.indexOf(',');
  if (!/^data:/i.test(url) || comma < 0) return damaged;
  const fragment = url.indexOf('#', comma);
  const body = url.slice(comma + 1, fragment < 0 ? undefined : fragment);
  return /;\s*base64\s*$/i.test(url.slice(0, comma)) ? readBase64(body, maxBytes) : readText(body, maxBytes);
}

const damaged = { ok: false, why: 'damaged' } as const;
const tooLarge = { ok: false, why: 'too-large' } as const;

function readBase64(body: string, maxBytes: number): DataRead {
  let text = body;
  try {
    // Only `+`, `/`, `=` and line breaks come encoded; the text becomes no longer.
    if (body.includes('%')) text = decodeURIComponent(body);
    if (base64Bytes(text) > maxBytes) return tooLarge;
    // Line breaks of pasted text are no damage, and atob passes over them.
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    return { ok: true, bytes };
  } catch {
    return damaged;
  }
}

/** Four letters hold three bytes; spaces and what fills up the end hold none. */
function base64Bytes(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > space && code !== equals) letters++;
  }
  return Math.floor((letters * 3) / 4);
}

/** Bytes, of which any may be written like `%41`, and characters beyond ASCII, which stand for their UTF-8. */
function readText(body: string, maxBytes: number): DataRead {
  const size = textBytes(body);
  if (size === null) return damaged;
  if (size > maxBytes) return tooLarge;
  const bytes = new Uint8Array(size);
  const encoder = new TextEncoder();
  let at = 0;
  for (let i = 0; i < body.length; ) {
    const code = body.charCodeAt(i);
    if (code === percent) {
      bytes[at++] = Number.parseInt(body.slice(i + 1, i + 3), 16);
      i += 3;
    } else if (code < beyondAscii) {
      bytes[at++] = code;
      i++;
    } else {
      const character = String.fromCodePoint(body.codePointAt(i) ?? code);
      at += encoder.encodeInto(character, bytes.subarray(at)).written;
      i += character.length;
    }
  }
  return { ok: true, bytes };
}

/** Null where a `%` stands before something else than two hexadecimal digits. */
function textBytes(body: string): number | null {
  if (/%(?![0-9a-f]{2})/i.test(body)) return null;
  let bytes = 0;
  for (let i = 0; i < body.length; bytes++) {
    const code = body.codePointAt(i) ?? 0;
    i += code === percent ? 3 : code > 0xffff ? 2 : 1;
    // UTF-8 has a further byte beyond each of these.
    bytes += Number(code > 0x7f) + Number(code > 0x7ff) + Number(code > 0xffff);
  }
  return bytes;
}

const space = 32;
const percent = 37;
const equals = 61;
const beyondAscii = 128;
