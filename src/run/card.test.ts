import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { featureColumns } from '../core/feature-columns';
import { parseRecipe } from '../core/recipe';
import type { RunReport } from '../core/report';
import { rowsInfo } from '../transforms/geometry';
import { datasetCard } from './card';
import { croissant } from './croissant';
import { registry, schema } from './registry';

const file = (path: string, format: string | null, rows: number | null) => ({
  path,
  format,
  rows,
  bytes: 7,
  sha256: 'ab'.repeat(32),
});

function made(output: object, more: Partial<RunReport> = {}, features: object = {}) {
  const recipe = parseRecipe({ output: { card: true, ...output }, features }, schema);
  const classNames = ['cat', 'a|b *c*'];
  const report: RunReport = {
    metrics: {
      images_processed: 3,
      processing_time_sec: 1,
      corrupted_images: 1,
      average_image_size: '2x2',
      augmentation_applied: false,
      output_format: 'csv',
      pipeline_status: 'partial failure',
    },
    damaged: [],
    misnamed: 0,
    earlierFiles: [],
    privacy: { gps: 0, serial: 0, owner: 0, faces: 0 },
    rows: 4,
    imagesPerSecond: 3,
    bytesIn: 1,
    bytesOut: 1,
    stageMs: { open: 0, decode: 0, transform: 0, extract: 0, write: 0 },
    failuresByCode: {},
    failures: [{ key: 'x', stage: 'decode', code: 'empty', message: 'm' }],
    leftOut: { hidden: 0, notAnImage: 0 },
    files: [],
    balance: { train: [2, 0, 1], test: [0, 1, 0] },
    classNames,
    throughput: [],
    python: [{ format: 'csv', code: 'import pandas as pd' }],
    engine: 'cpu',
    versions: { imagemill: '1' },
    recipe,
    recipeHash: 'cd',
    ...more,
  };
  const columns = featureColumns(recipe, registry.extractors);
  const info = rowsInfo(recipe, { classNames, extraColumns: [] }, columns);
  const card = datasetCard(report, info);
  return { card, front: parse(card.split('---\n')[1]), jsonld: JSON.parse(croissant(report, info)) };
}

describe('the dataset card', () => {
  it('counts rows by class and split, and keeps names from breaking the table', () => {
    const { card, front } = made({});
    expect(card).toContain('4 rows from 3 images in 2 classes');
    expect(card).toContain('1 file was skipped');
    expect(card).toContain(
      '| cat | 2 | 0 |\n| a\\|b \\*c\\* | 0 | 1 |\n| (no label) | 1 | 0 |\n| **all** | 3 | 1 |',
    );
    expect(front).toEqual({ task_categories: ['image-classification'], size_categories: ['n<1K'] });
  });

  it('names the licence as Hugging Face knows it, or as other', () => {
    expect(made({ licence: 'CC-BY-4.0' }).front).toMatchObject({ license: 'cc-by-4.0' });
    expect(made({ licence: 'Ours: ask' }).front).toMatchObject({
      license: 'other',
      license_name: 'Ours: ask',
    });
    expect(made({ licence: 'CC-BY-4.0' }).jsonld.license).toBe('https://spdx.org/licenses/CC-BY-4.0.html');
    expect(made({}).jsonld).not.toHaveProperty('license');
  });

  it.each([
    [999, 'n<1K'],
    [1000, '1K<n<10K'],
    [123_456, '100K<n<1M'],
    [5e6, '1M<n<10M'],
  ])('puts %d rows into %s', (rows, category) => {
    expect(made({}, { rows }).front.size_categories).toEqual([category]);
  });

  it('says which files are which split, and nothing where they hold all', () => {
    const files = [
      file('train-00000-of-00002.csv', 'csv', 2),
      file('train-00001-of-00002.csv', 'csv', 1),
      file('test.csv', 'csv', 1),
      file('class_names.json', 'npy', null),
    ];
    const { front } = made({ formats: ['csv', 'npy'], layout: 'by-split' }, { files });
    expect(front.configs[0].data_files).toEqual([
      { split: 'train', path: ['train-00000-of-00002.csv', 'train-00001-of-00002.csv'] },
      { split: 'test', path: ['test.csv'] },
    ]);
    expect(made({ formats: ['csv'] }, { files }).front).not.toHaveProperty('configs');
  });
});

it('tells of features, as a list where the format has lists', () => {
  const files = [file('images.csv', 'csv', 4), file('images.jsonl', 'jsonl', 4)];
  const features = { extractors: ['descriptor'], dtype: 'float16', l2: true };
  const { card, jsonld } = made({ formats: ['csv', 'jsonl'] }, { files }, features);
  expect(card).toContain(
    'Every row has `features_descriptor` (526 float16 values of length 1), by descriptor.',
  );
  const fields = jsonld.recordSet.map(({ field }: { field: readonly object[] }) => field.at(-1));
  expect(fields).toMatchObject([
    { '@id': 'csv/features_descriptor', dataType: 'sc:Text' },
    { '@id': 'jsonl/features_descriptor', dataType: 'sc:Float', repeated: true },
  ]);
  expect(made({}).card).not.toContain('Every row has');
});

describe('the Croissant description', () => {
  it('has every file with its checksum, and the fields of what it can read', () => {
    const files = [
      file('images.csv', 'csv', 4),
      file('images.npy', 'npy', 4),
      file('class_names.json', 'npy', null),
    ];
    const { jsonld } = made({ formats: ['csv', 'npy'] }, { files });
    const objects = jsonld.distribution.filter(
      (entry: object) => (entry as { '@type': string })['@type'] === 'cr:FileObject',
    );
    expect(objects.map((entry: { contentUrl: string }) => entry.contentUrl).sort()).toEqual(
      files.map(({ path }) => path).sort(),
    );
    expect(jsonld.recordSet.map(({ name }: { name: string }) => name)).toEqual(['csv']);
    expect(jsonld.recordSet[0].field).toContainEqual({
      '@type': 'cr:Field',
      '@id': 'csv/label_id',
      name: 'label_id',
      dataType: 'sc:Integer',
      source: { fileSet: { '@id': 'csv-files' }, extract: { column: 'label_id' } },
    });
  });

  it('describes pictures as a set', () => {
    const { jsonld } = made({ formats: ['images'] }, { files: [file('images/', 'images', 4)] });
    expect(jsonld.distribution).toMatchObject([
      { '@id': 'images-files', includes: ['images/*/*.jpg'], encodingFormat: 'image/jpeg' },
    ]);
    expect(jsonld.recordSet[0].field[0]).toMatchObject({ dataType: 'sc:ImageObject' });
  });
});
