import { orderedMap } from '../base/flow';
import { featureColumns } from '../core/feature-columns';
import type { ImageRef, Origin } from '../core/image';
import type { Recipe } from '../core/recipe';
import type { NearestDoor } from '../workers/nearest.worker';
import { connectLone } from './lone-worker';
import { registry } from './registry';
import type { Studio } from './studio';

/** Finds images that are alike, among all that it has measured. */
export interface Alike {
  /**
   * Measures the images that are not yet measured, and tells how like `image` each is: the cosine of their vectors by the recipe's first
   * extractor, else the built-in descriptor. An image that cannot be measured is not among them; null when `image` is none.
   */
  find(
    image: ImageRef,
    among: readonly ImageRef[],
    recipe: Recipe,
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<ReadonlyMap<Origin, number> | null>;
}

/** Opens an {@link Alike} that measures in the studio's workers and searches in one of its own. */
export function createAlike(studio: Studio): Alike {
  const worker = new Worker(new URL('../workers/nearest.worker.ts', import.meta.url), {
    type: 'module',
    name: 'nearest',
  });
  const nearest = connectLone<NearestDoor>(worker, 'The worker that compares images', 'Reload the page.');
  let key = '';
  // Which row each image has; null for one that cannot be measured. Those of sources that are gone stay: two kilobytes each.
  let rows = new Map<Origin, number | null>();
  let origins: Origin[] = [];
  return {
    async find(image, among, recipe, signal, progress) {
      const measuring = measuringRecipe(recipe);
      const { extractors, options } = measuring.features;
      const [column] = featureColumns(measuring, registry.extractors);
      if (column?.kind !== 'vector') return null;
      const wanted = JSON.stringify([extractors, options[extractors[0]]]);
      if (wanted !== key) {
        key = wanted;
        rows = new Map();
        origins = [];
        await nearest.begin(column.length);
      }
      const wantedRefs = new Map([image, ...among].map((ref) => [ref.origin, ref]));
      const missing = [...wantedRefs.values()].filter(({ origin }) => !rows.has(origin));
      let done = wantedRefs.size - missing.length;
      progress(done);
      const measured = orderedMap(missing, { width: measuredAhead }, async (ref) => {
        signal.throwIfAborted();
        return { ref, outcome: await studio.measure(ref, measuring) };
      });
      for await (const { ref, outcome } of measured) {
        signal.throwIfAborted();
        progress(++done);
        if (rows.has(ref.origin)) continue;
        rows.set(ref.origin, outcome.ok ? origins.length : null);
        if (!outcome.ok) continue;
        origins.push(ref.origin);
        const { buffer, byteOffset } = outcome.value;
        await nearest.add(new Float32Array(buffer, byteOffset, column.length));
      }
      const row = rows.get(image.origin);
      if (row === undefined || row === null) return null;
      const cosines = await nearest.alike(row);
      return new Map(origins.map((origin, i) => [origin, cosines[i]]));
    },
  };
}

/** Fewer leave a worker idle while a result travels; more hold pixels for nothing. */
const measuredAhead = 8;

/** The recipe with one extractor, and an output so small that making it costs nothing. */
function measuringRecipe(recipe: Recipe): Recipe {
  const { features, image, augment, decode } = recipe;
  const [first = 'descriptor'] = features.extractors;
  return {
    ...recipe,
    decode: {
      ...decode,
      frames: 'first',
      damaged: 'keep',
      range: decode.range === 'stored' ? 'type' : decode.range,
    },
    image: { ...image, width: 8, height: 8, fit: 'stretch' },
    augment: { ...augment, enabled: false },
    normalise: { ...recipe.normalise, values: 'none', dtype: 'uint8' },
    features: { ...features, extractors: [first], dtype: 'float32', l2: false },
  };
}
