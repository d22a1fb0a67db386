import { joinBytes } from './join-bytes';

/** Gives the bytes of a `data:` url (RFC 2397), or null when it is none or is damaged. */
export function readDataUrl(url: string): Uint8Array<ArrayBuffer> | null {
  const comma = url.indexOf(',');
  if (!/^data:/i.test(url) || comma < 0) return null;
  const body = unescapeBytes(url.slice(comma + 1).replace(/#.*$/s, ''));
  if (body === null || !/;\s*base64\s*$/i.test(url.slice(0, comma))) return body;
  try {
    // Line breaks of pasted text are no damage, and atob passes over them.
    const text = atob(new TextDecoder('latin1').decode(body));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

function unescapeBytes(text: string): Uint8Array<ArrayBuffer> | null {
  if (!text.includes('%')) return new TextEncoder().encode(text);
  if (/%(?![0-9a-f]{2})/i.test(text)) return null;
  const parts = text.split(/%([0-9a-f]{2})/i); // what stands between, and the bytes, in turn
  const encoder = new TextEncoder();
  const pieces = parts.map((part, i) =>
    i % 2 === 0 ? encoder.encode(part) : Uint8Array.of(Number.parseInt(part, 16)),
  );
  return joinBytes(pieces);
}
