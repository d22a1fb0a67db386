import { describe, expect, it } from 'vitest';
import { parseRecipe, recipeSchema } from '../../core/recipe';
import { extractors } from '../../features/index';
import { formats } from '../../formats/index';
import { sources } from '../../sources/index';
import { targets } from '../../targets/index';
import { transforms } from '../../transforms/index';
import type { RunInput } from '../source/merge';
import { copyAsCommand } from './command';
import { deriveSections } from './derive';
import { setAt } from './path';

const schema = recipeSchema({ sources, transforms, extractors, formats, targets });
const sections = deriveSections(schema);
const defaults = parseRecipe({}, schema);
const folder: RunInput = {
  type: 'folder',
  name: 'pets',
  grants: {},
  listing: { images: [], tables: [], hidden: 0, notAnImage: 0, notes: [] },
};

function command(input: RunInput | null, ...changes: [path: string, value: unknown][]): string {
  let draft: unknown = defaults;
  for (const [path, value] of changes) draft = setAt(draft, path.split('.'), value);
  return copyAsCommand(parseRecipe(draft, schema), defaults, sections, input);
}

describe('copyAsCommand', () => {
  it('names no knob that is at its default', () => {
    expect(command(folder)).toBe('npx imagemill --input ./pets --output ./output');
  });

  it('gives the sample dataset no input, since that is what the command line takes without one', () => {
    expect(command({ ...folder, type: 'sample' })).toBe('npx imagemill');
    expect(command(null)).toBe('npx imagemill');
  });

  it('gives a bucket by its address, without what opens it', () => {
    const input: RunInput = {
      ...folder,
      type: 'bucket',
      grants: { bucket: { query: 'sig=secret' } },
      knobs: {
        url: 's3://pets/cats',
        provider: 'auto',
        region: 'eu-central-1',
        endpoint: '',
        style: 'auto',
        google_api: 'json',
      },
    };
    expect(command(input)).toBe(
      'npx imagemill --input s3://pets/cats --bucket_region eu-central-1 --output ./output',
    );
  });

  it('writes changed knobs by their flags', () => {
    const line = command(
      folder,
      ['image.width', 96],
      ['labels.from', 'none'],
      ['decode.mode', 'exact'],
      ['decode.exif', false],
      ['output.formats', ['csv', 'npy']],
      ['output.layout', 'by-split'],
      ['seed', 7],
    );
    for (const flag of [
      '--width 96',
      '--labels none',
      '--decode exact',
      '--exif False',
      '--formats csv,npy',
      '--files by-split',
      '--seed 7',
    ]) {
      expect(line).toContain(` ${flag}`);
    }
    expect(line).not.toContain('--height');
  });

  it('leaves the target out: the command line has its own', () => {
    expect(command(folder, ['output.target', 'directory'])).not.toContain('directory');
  });

  it('writes steps only when they matter and differ', () => {
    const steps = [{ rotate: { degrees: 30 } }];
    expect(command(folder, ['augment.steps', steps])).not.toContain('--steps');
    const line = command(folder, ['augment.enabled', true], ['augment.steps', steps]);
    expect(line).toContain('--augment True');
    expect(line).toContain(`--steps '[{"rotate":{"degrees":30,`);
    expect(command(folder, ['augment.enabled', true])).not.toContain('--steps');
  });

  it('writes the knobs of chosen formats with the format before them', () => {
    const line = command(folder, ['output.options', { csv: { image_array: true } }]);
    expect(line).toContain('--csv.image_array True');
    const unchosen = command(
      folder,
      ['output.formats', ['npy']],
      ['output.options', { csv: { image_array: true } }],
    );
    expect(unchosen).not.toContain('csv.');
  });

  it('writes the extractors that are chosen', () => {
    expect(command(folder, ['features.extractors', ['descriptor']], ['features.l2', true])).toBe(
      'npx imagemill --input ./pets --output ./output --features descriptor --l2 True',
    );
  });

  it('quotes for the shell', () => {
    expect(command({ ...folder, name: "my cat's pictures" })).toContain(`--input './my cat'\\''s pictures'`);
    expect(command(folder, ['labels.from', 'pattern'], ['labels.pattern', '^(?<label>a)$'])).toContain(
      `--label_pattern '^(?<label>a)$'`,
    );
  });
});
