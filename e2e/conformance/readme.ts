import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Decoder } from '../../src/core/plugin';
import type { FormatCount } from './report';

const path = fileURLToPath(new URL('../../README.md', import.meta.url));
const begin = '<!-- image formats: npm run conformance -- DIR --readme -->';
const end = '<!-- end of image formats -->';

/** Rewrites the README's table of image formats: a line for each decoder, with what the conformance run found. */
export function writeFormats(
  counts: readonly FormatCount[],
  decoders: readonly Pick<Decoder, 'id' | 'label'>[],
): void {
  const readme = readFileSync(path, 'utf8');
  const [before, , after] = parts(readme);
  const lines = decoders.map(({ id, label }) => {
    const found = counts.find(({ format }) => format === id);
    const cells = [
      share(found?.decoded, found?.valid),
      share(found?.right, found?.valid),
      share(found?.named, found?.reject),
    ];
    return `| \`${id}\` | ${label} | ${cells.join(' | ')} |`;
  });
  const head = [
    '| id | format | real files decoded | all right | bad files named |',
    '|---|---|---|---|---|',
  ];
  writeFileSync(path, [before, begin, '\n', [...head, ...lines].join('\n'), '\n', end, after].join(''));
}

/** Ids in the README's table of image formats, in its order. */
export function listedFormats(): readonly string[] {
  const [, table] = parts(readFileSync(path, 'utf8'));
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id);
}

/** What stands before, between and after the markers. */
function parts(readme: string): readonly [string, string, string] {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has lost its markers ${begin} and ${end}.`);
  return [readme.slice(0, from), readme.slice(from + begin.length, to), readme.slice(to + end.length)];
}

const share = (part = 0, all = 0) => (all === 0 ? '–' : `${part} of ${all}`);
