import { describe, expect, it } from 'vitest';
import { nearest, parseArguments } from './arguments';
import { deriveFlags } from './knobs';
import { applyKnobs } from './recipe';
import { testSchema } from './schema.test-data';

const flags = deriveFlags(testSchema);
const parse = (...argv: string[]) => parseArguments(argv, flags);
const recipe = (...argv: string[]) => applyKnobs({}, parse(...argv).knobs, testSchema);

describe('flags', () => {
  it('are the shortest names that mean one knob, and the target is none', () => {
    expect(flags.map(({ name }) => name)).toEqual([
      'seed', 'source', 'decode', 'width', 'height', 'fit', 'augment', 'steps', 'rotate.degrees', 'contrast.amount',
      'mean', 'layout', 'formats', 'name', 'files', 'csv.image_array', 'json.image_array', 'json.files',
    ]); // biome-ignore format: a list
  });

  it.each([
    ['--fit contain', { image: { fit: 'contain' } }],
    ['--image.fit=contain', { image: { fit: 'contain' } }],
    ['--FIT contain', { image: { fit: 'contain' } }],
    ['--seed 7 --width 96', { seed: 7, image: { width: 96 } }],
    ['--augment True', { augment: { enabled: true } }],
    ['--augment --fit cover', { augment: { enabled: true }, image: { fit: 'cover' } }],
    ['--augment False', { augment: { enabled: false } }],
    ['--no-augment', { augment: { enabled: false } }],
    ['--augment.enabled yes', { augment: { enabled: true } }],
    ['--decode exact', { decode: { mode: 'exact' } }],
    ['--mean 0.1,0.2 0.3', { normalise: { mean: [0.1, 0.2, 0.3] } }],
    ['--mean [-1]', { normalise: { mean: [-1] } }],
    ['--formats npy,csv', { output: { formats: ['npy', 'csv'] } }],
    [
      '--files by-split --layout channels-first',
      { output: { layout: 'by-split' }, normalise: { layout: 'channels-first' } },
    ],
    ['--output.layout by-split', { output: { layout: 'by-split' } }],
    ['--csv.image-array true', { output: { options: { csv: { image_array: true } } } }],
    ['--rotate.degrees 20', { augment: { steps: [{ rotate: { degrees: 20 } }] } }],
    [
      '--contrast.amount 0.1',
      { augment: { steps: [{ rotate: { degrees: 15 } }, { contrast: { amount: 0.1 } }] } },
    ],
    ['--steps contrast,rotate', { augment: { steps: [{ contrast: {} }, { rotate: {} }] } }],
    ['--steps rotate --rotate.degrees 3', { augment: { steps: [{ rotate: { degrees: 3 } }] } }],
    ['--width wide', { image: { width: 'wide' } }],
    ['--seed -3', { seed: -3 }],
    ['--fit cover --fit contain', { image: { fit: 'contain' } }],
  ])('%s', (line, expected) => {
    expect(recipe(...line.split(' '))).toEqual(expected);
  });

  it('take steps as YAML and as JSON', () => {
    const expected = { augment: { steps: [{ rotate: { degrees: 4 } }, { contrast: {} }] } };
    expect(recipe('--steps', '[{rotate: {degrees: 4}}, contrast]')).toEqual(expected);
    expect(recipe('--steps=[{"rotate":{"degrees":4}},{"contrast":{}}]')).toEqual(expected);
  });
});

describe('our own flags', () => {
  it('collect inputs and take _ for -', () => {
    expect(parse('--input', 'a', 'b', '--retry-failed', '--input=c d', '--Output', 'o').own).toEqual({
      input: ['a', 'b', 'c d'],
      retry_failed: [],
      output: ['o'],
    });
  });
});

describe('wrong use', () => {
  it.each([
    ['--imput x', 'There is no flag --imput. Did you mean --input?'],
    ['--filt cover', 'Did you mean --fit?'],
    ['--zzzzzz 1', 'There is no flag --zzzzzz. --help'],
    ['--image_array', '--image_array could be --csv.image_array or --json.image_array. Say which.'],
    ['--fit', '--fit needs a value: cover or contain.'],
    ['--input', '--input needs a value: PATH …'],
    ['--width --augment', '--width needs a value.'],
    ['--fresh=1', '--fresh takes no value.'],
    ['photos', '"photos" stands where a flag was expected. Images are named after --input'],
    ['--augment maybe', '--augment is "maybe"; expected true or false.'],
    ['--augment --fresh maybe', '"maybe" stands where a flag was expected'],
    ['-x', 'Flags begin with two dashes'],
    ['--fit cover contain', '"contain" stands where a flag was expected'],
    ['--no-width', 'There is no flag --no-width.'],
    ['--target zip', 'There is no flag --target'],
    ['--steps [[', 'is "[[", which is not YAML'],
  ])('%s', (line, message) => {
    expect(() => recipe(...line.split(' '))).toThrow(message);
  });
});

it('offers a name only when it is near', () => {
  expect(nearest('fitt', ['fit', 'filter'])).toBe('fit');
  expect(nearest('image-size', ['image_size'])).toBe('image_size');
  expect(nearest('banana', ['fit', 'seed'])).toBeNull();
});
