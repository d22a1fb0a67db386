import { expect, it } from 'vitest';
import { knownModels } from '../core/model-manifests';
import { modelExtractors } from './models';

it('says of each model what its manifest says', () => {
  expect(modelExtractors.map(({ id, label }) => [id, label])).toEqual(
    knownModels().map(({ id, label }) => [id, label]),
  );
  for (const manifest of knownModels()) {
    const extractor = modelExtractors.find(({ id }) => id === manifest.id)!;
    const lengthAt = (layer: string) => extractor.columns({ layer, labels: 0 })[0];
    expect(lengthAt('embedding')).toMatchObject({ length: manifest.embedding.dimension });
    for (const { name, dimension } of manifest.layers)
      expect(lengthAt(name)).toMatchObject({ length: dimension });
    expect(extractor.inputSize({ layer: 'embedding', labels: 0 })).toEqual({
      width: manifest.input.width,
      height: manifest.input.height,
    });
  }
});

it('names columns for the labels that are asked for', () => {
  const names = modelExtractors[0].columns({ layer: 'embedding', labels: 2 }).map(({ name }) => name);
  expect(names).toEqual([
    'mobilenet_v2',
    'auto_label',
    'auto_label_score',
    'auto_label_source',
    'auto_label_2',
    'auto_label_2_score',
  ]);
});
