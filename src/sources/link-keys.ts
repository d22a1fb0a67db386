import { startBreath } from '../base/breathe';
import { safePath } from '../base/safe-path';

/** What of a link its image is named after; null for what is no link. */
export interface LinkName {
  /** With its port. */
  readonly host: string;
  /** Decoded and safe, without host and query, which may hold secrets. */
  readonly path: string;
}

/** Reads the name out of a link. A path in a `data:` link is made of its type alone. */
export function nameLink(url: string): LinkName | null {
  const data = /^data:image\/([a-z0-9.-]+)/i.exec(url);
  if (data !== null)
    return { host: '', path: `data.${extensions[data[1].toLowerCase()] ?? data[1].toLowerCase()}` };
  if (/^data:/i.test(url)) return { host: '', path: 'data' };
  // Not by `URL`, which would resolve the `..` that a key of an object may hold, and refuse what servers take.
  // A password may hold an `@` itself.
  const parts = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)([^?#]*)/i.exec(url);
  if (parts === null) return null;
  const path = parts[2].split('/').map(decodePart).join('/');
  return { host: parts[1].toLowerCase(), path: safePath(path) };
}

/** A slash that was encoded is part of a name, or of an object's key, where it means a folder as well. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not encoded as it should be; the name is as good
  }
}

const extensions: Readonly<Record<string, string>> = {
  jpeg: 'jpg',
  'svg+xml': 'svg',
  'vnd.microsoft.icon': 'ico',
};

/**
 * Gives every link its key, in their order: the path, behind the host only where there are several, numbered where it comes
 * again (`cat.jpg`, `cat (2).jpg`). What is no link is named after its place.
 */
export async function linkKeys(names: readonly (LinkName | null)[], signal: AbortSignal): Promise<string[]> {
  const breath = startBreath(signal);
  const hosts = new Set<string>();
  for (const name of names) if (name !== null && name.host !== '') hosts.add(name.host);
  const keys: string[] = [];
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  for (const [i, name] of names.entries()) {
    const plain = name === null ? `line ${i + 1}` : name.path;
    const wanted =
      name !== null && name.host !== '' && hosts.size > 1 ? `${safePath(name.host)}/${plain}` : plain;
    let count = counts.get(wanted) ?? 0;
    let key = wanted;
    do key = ++count === 1 ? wanted : numbered(wanted, count);
    while (taken.has(key));
    counts.set(wanted, count);
    taken.add(key);
    keys.push(key);
    if ((i & 63) === 0 && breath.due()) await breath.take();
  }
  return keys;
}

function numbered(key: string, count: number): string {
  const nameStart = key.lastIndexOf('/') + 1;
  const dot = key.lastIndexOf('.');
  const stemEnd = dot > nameStart ? dot : key.length;
  return `${key.slice(0, stemEnd)} (${count})${key.slice(stemEnd)}`;
}
