import { describe, expect, it } from 'vitest';
import { RecipeError } from '../core/failure';
import { parseRecipe } from '../core/recipe';
import { decoders } from '../decoders/index';
import { registry, schema } from './registry';

function problemsOf(recipe: unknown): { readonly path: string; readonly message: string }[] {
  try {
    parseRecipe(recipe, schema);
  } catch (error) {
    if (error instanceof RecipeError) return [...error.problems];
    throw error;
  }
  return [];
}

describe('a recipe', () => {
  it('fills every default, and its own defaults are a recipe', () => {
    const recipe = parseRecipe({}, schema);
    expect(recipe).toMatchObject({
      version: 1,
      seed: 0,
      image: { width: 224, fit: 'cover' },
      decode: { mode: 'fast' },
    });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), schema)).toEqual(recipe);
    for (const step of recipe.augment.steps)
      expect(registry.transforms.map(({ id }) => id)).toContain(Object.keys(step)[0]);
  });

  it.each([
    [{ image: { width: 0 } }, 'image.width', /got 0/],
    [{ image: { fit: 'crop' } }, 'image.fit', /got "crop".*cover/],
    [{ imag: {} }, 'imag', /no such knob/],
    [{ augment: { steps: [{ rotate: { degrees: 'x' } }] } }, 'augment.steps[0].rotate.degrees', /got "x"/],
    [
      { augment: { steps: [{}, { spin: {} }] } },
      'augment.steps[1]',
      /got step "spin"; known steps: .*rotate/,
    ],
    [{ normalise: { values: 'unit' } }, 'normalise.dtype', /uint8.*float32/],
    [
      { normalise: { values: 'custom', dtype: 'float32', mean: [1, 2] } },
      'normalise.mean',
      /2 numbers for 3 channels/,
    ],
    [
      { image: { colour: 'grey' }, normalise: { values: 'imagenet', dtype: 'float32' } },
      'normalise.values',
      /three channels/,
    ],
    [{ decode: { range: 'stored' } }, 'decode.range', /uint8.*float32/],
    [
      { decode: { range: 'stored' }, normalise: { values: 'unit', dtype: 'float32' } },
      'decode.range',
      /values: unit.*per-image/,
    ],
    [{ split: { validation: 0.7, test: 0.5 } }, 'split.test', /at most 1/],
    [{ labels: { from: 'pattern', pattern: '(' } }, 'labels.pattern', /got "\("/],
    [{ labels: { from: 'pattern', pattern: '(a)' } }, 'labels.pattern', /\(\?<label>…\)/],
    [{ labels: { level: 0 } }, 'labels.level', /outermost/],
    [{ output: { formats: [] } }, 'output.formats', /./],
    [{ output: { formats: ['hdf'] } }, 'output.formats[0]', /got "hdf".*npy/],
    [{ output: { name: '../x' } }, 'output.name', /file name/],
    [7, '', /got 7/],
  ])('refuses %j at %s', (recipe, path, message) => {
    const problems = problemsOf(recipe);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
  });
});

describe('the rooms', () => {
  it('name each plug-in once, in words for people', () => {
    for (const room of [
      registry.sources,
      decoders,
      registry.transforms,
      registry.formats,
      registry.targets,
    ]) {
      const ids = room.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id, label } of room) {
        expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(label).toMatch(/^[A-Z]/);
      }
    }
  });

  it('give every knob a label, help and a default', () => {
    for (const plugin of [
      ...registry.sources,
      ...registry.transforms,
      ...registry.formats,
      ...registry.targets,
    ]) {
      expect(plugin.knobs.safeParse({}).success, plugin.id).toBe(true);
      const shape = (
        plugin.knobs as unknown as { shape: Record<string, { meta(): Record<string, unknown> }> }
      ).shape;
      for (const [name, knob] of Object.entries(shape)) {
        expect(knob.meta(), `${plugin.id}.${name}`).toMatchObject({
          label: expect.any(String),
          help: expect.any(String),
        });
      }
    }
  });

  it('let only one model propose labels', () => {
    const labels = { labels: 2 };
    const features = {
      extractors: ['mobilenet-v2', 'resnet50'],
      options: { 'mobilenet-v2': labels, resnet50: labels },
    };
    expect(() => parseRecipe({ features }, schema)).toThrow(
      /features\.extractors: got mobilenet-v2 and resnet50, which would both write the column auto_label;/,
    );
    features.options.resnet50 = { labels: 0 };
    expect(() => parseRecipe({ features }, schema)).not.toThrow();
  });
});

describe('what opens a bucket', () => {
  it.each([
    'https://zoo.blob.core.windows.net/pets?sv=2025-01-01&sig=hush',
    'https://pets.s3.amazonaws.com/?list-type=2&X-Amz-Signature=hush',
    'https://name:hush@minio.lan/pets',
    's3://key:hush@pets/',
  ])('is in no recipe: %s', (url) => {
    const [{ path, message }] = problemsOf({ source: { type: 'bucket', bucket: { url } } });
    expect(path).toBe('source.bucket.url');
    expect(message).toMatch(/^it holds what opens the bucket.* with --input on the command line/);
    expect(message).not.toContain('hush');
  });

  it.each(['https://zoo.blob.core.windows.net/pets?restype=container&comp=list&prefix=a', 's3://pets/a@b/'])(
    'is not what asks for a listing: %s',
    (url) => {
      expect(problemsOf({ source: { bucket: { url } } })).toEqual([]);
    },
  );

  it('is not told by the message about it', () => {
    const [{ message }] = problemsOf({ source: { bucket: { endpoint: 'https://name:hush@minio.lan' } } });
    expect(message).toMatch(/^got "https:\/\/…@minio.lan"; /);
  });
});
