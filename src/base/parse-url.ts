/** Parses an absolute address; null for what is none. `URL.parse` is missing in Node 20. */
export function parseUrl(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
