import { z } from 'zod';
import type { Extractor } from '../core/plugin';
import { descriptorLength, descriptorSide } from './descriptor-shape';

const knobs = z.strictObject({});

/**
 * The built-in descriptor: colours and edges of a small copy of the picture, by place. It needs no weights, and is good
 * enough to find pictures that are alike; how it is made stands in `descriptor-measure.ts`.
 */
export const descriptor: Extractor<z.output<typeof knobs>> = {
  id: 'descriptor',
  label: 'Built-in descriptor',
  knobs,
  columns: () => [{ kind: 'vector', name: 'descriptor', length: descriptorLength }],
  inputSize: () => ({ width: descriptorSide, height: descriptorSide }),
  async load(_knobs, tools) {
    const { measure } = await import('./descriptor-measure');
    return {
      extract: async (pictures) => pictures.map((picture) => [measure(picture, tools)]),
      dispose() {},
    };
  },
};
