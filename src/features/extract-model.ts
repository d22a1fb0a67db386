import { RunError } from '../core/failure';
import type { ModelManifest } from '../core/model-manifest';
import type { ExtractedValue, ExtractorTools, LoadedExtractor } from '../core/plugin';
import { findModel } from './find-model';
import { loadModel } from './load-model';
import type { ModelKnobs } from './model-knobs';
import { modelPicture } from './model-picture';
import { topClasses } from './top-classes';

/**
 * Loads an installed model as an extractor: its features, and the labels that the knobs ask for.
 * @throws RunError `features` when it is not installed, or is not what was installed.
 */
export async function extractModel(
  id: string,
  knobs: ModelKnobs,
  tools: ExtractorTools,
): Promise<LoadedExtractor> {
  const found = await findModel(id);
  if (found === null)
    throw new RunError('features', `The model ${id} is no longer installed. Install it again.`);
  const manifest = atLayer(found.manifest, knobs);
  const model = await loadModel({ ...found, manifest });
  return {
    async extract(pictures) {
      const given = pictures.map((picture) => modelPicture(picture, manifest.input, tools));
      const outputs = await model.embed(given);
      return outputs.map(({ embedding, scores }): ExtractedValue[] => {
        if (scores === null || knobs.labels === 0) return [embedding];
        const [best, ...others] = topClasses(scores, model.classNames, knobs.labels);
        return [embedding, best.name, best.score, id, ...others.flatMap(({ name, score }) => [name, score])];
      });
    },
    dispose: model.dispose,
  };
}

/** The manifest with the chosen layer for its embedding, and without classes that nobody asks for. */
function atLayer(manifest: ModelManifest, { layer, labels }: ModelKnobs): ModelManifest {
  const other = manifest.layers.find(({ name }) => name === layer);
  return {
    ...manifest,
    embedding: other ? { nodes: [other.name], dimension: other.dimension } : manifest.embedding,
    classes: labels === 0 ? null : manifest.classes,
  };
}
