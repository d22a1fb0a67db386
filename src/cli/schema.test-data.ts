import type { RecipeSchema } from './knobs';

/** A small recipe schema with every kind of knob, for tests. */
export const testSchema: RecipeSchema = {
  type: 'object',
  properties: {
    version: { const: 1 },
    seed: { type: 'integer', default: 0, help: 'Decides chance.' },
    source: {
      type: 'object',
      properties: { type: { type: 'string', enum: ['folder', 'files', 'sample'], flag: 'source' } },
    },
    decode: {
      type: 'object',
      properties: { mode: { type: 'string', enum: ['fast', 'exact'], flag: 'decode' } },
    },
    image: {
      type: 'object',
      properties: {
        width: { type: 'integer', default: 224, unit: 'px' },
        height: { type: 'integer', default: 224 },
        fit: { type: 'string', enum: ['cover', 'contain'], default: 'cover' },
      },
    },
    augment: {
      type: 'object',
      properties: {
        enabled: { type: 'boolean', default: false, flag: 'augment' },
        steps: {
          type: 'array',
          default: [{ rotate: { degrees: 15 } }],
          items: {
            anyOf: [
              {
                type: 'object',
                properties: { rotate: { type: 'object', properties: { degrees: { type: 'number' } } } },
              },
              {
                type: 'object',
                properties: { contrast: { type: 'object', properties: { amount: { type: 'number' } } } },
              },
            ],
          },
        },
      },
    },
    normalise: {
      type: 'object',
      properties: {
        mean: { type: 'array', items: { type: 'number' }, default: [0.5] },
        layout: { type: 'string', enum: ['channels-last', 'channels-first'] },
      },
    },
    output: {
      type: 'object',
      properties: {
        formats: {
          type: 'array',
          items: { type: 'string', enum: ['npy', 'csv', 'images'] },
          default: ['npy', 'csv'],
        },
        target: { type: 'string', enum: ['zip', 'server'] },
        name: { type: 'string', default: 'images' },
        layout: { type: 'string', enum: ['together', 'by-split'], flag: 'files' },
        options: {
          type: 'object',
          properties: {
            csv: { type: 'object', properties: { image_array: { type: 'boolean' } } },
            json: {
              type: 'object',
              properties: { image_array: { type: 'boolean' }, files: { type: 'integer' } },
            },
          },
        },
      },
    },
  },
  'x-formats': [
    { id: 'npy', label: 'NumPy', extension: 'npy' },
    { id: 'csv', label: 'CSV', extension: 'csv' },
    { id: 'images', label: 'Pictures', extension: null },
  ],
};
