interface Rule {
  readonly path: RegExp;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads a `_headers` file, as Netlify and Cloudflare Pages read theirs: a path, in which `*` stands for anything, and below it
 * indented `Name: value` lines; `#` begins a comment. Where rules meet, the later one's value stands.
 * @returns What to send with the answer for a path like `/assets/main.js`.
 * @throws Error naming a line that is neither.
 */
export function parseHostHeaders(text: string): (pathname: string) => Readonly<Record<string, string>> {
  const rules: { path: RegExp; headers: [string, string][] }[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (line.startsWith('/')) {
      rules.push({ path: toPattern(line.trim()), headers: [] });
      continue;
    }
    const [, name, value] = /^\s+([\w-]+):\s*(.+?)\s*$/.exec(line) ?? [];
    const rule = rules[rules.length - 1];
    if (name === undefined || value === undefined || rule === undefined)
      throw new Error(
        `_headers line ${i + 1} is ${JSON.stringify(line)}; expected a path or an indented "Name: value".`,
      );
    rule.headers.push([name, value]);
  }
  return (pathname) => collect(rules, pathname);
}

function toPattern(path: string): RegExp {
  const parts = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

function collect(rules: readonly Rule[], pathname: string): Record<string, string> {
  return Object.fromEntries(rules.filter((rule) => rule.path.test(pathname)).flatMap((rule) => rule.headers));
}
