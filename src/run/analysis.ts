import { assert } from '../base/assert';
import { createGate } from '../base/flow';
import { RunError } from '../core/failure';
import { featureColumns } from '../core/feature-columns';
import type { Plan, PlannedImage } from '../core/plan';
import type { FeatureColumn } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { FeatureValue } from '../core/row';
import type { Near, ProposalWay, Proposed, ProposeJob } from '../workers/job';
import type { ReviewDoor } from '../workers/review.worker';
import { buffersOf, moved } from '../workers/rpc';
import { createCrew } from './crew';
import { decodeWish } from './decode-one';
import { workerCount } from './engine';
import { connectLone } from './lone-worker';
import { createMeter } from './meter';
import { processImages } from './pipeline';
import { registry } from './registry';

export type { Near, ProposalWay };

/** A class that a model sees in an image, 0 to 1. */
export interface SeenClass {
  readonly name: string;
  readonly score: number;
}

/** What one extractor finds in all images of a plan, kept in a worker to ask about. */
export interface Analysis {
  /** Keys of the images that it could be asked about; their order is that of the vectors' places. */
  readonly keys: readonly string[];
  /** For each key what the model itself sees, best first; empty where the extractor knows no classes. */
  readonly seen: readonly (readonly SeenClass[])[];
  /** Images that gave no features. */
  readonly failed: number;
  /** The `most` images nearest to one of them, nearest first, without itself. */
  similar(place: number, most: number): Promise<readonly Near[]>;
  /** Labels for some of them from those of others. */
  propose(way: ProposalWay, job: ProposeJob): Promise<Proposed>;
  dispose(): void;
}

/** What is to be analysed, and who hears of it. */
export interface AnalysisJob {
  readonly plan: Plan;
  readonly recipe: Recipe;
  /** Id of an extractor. */
  readonly extractor: string;
  readonly signal: AbortSignal;
  /** Told how many images are through, after every batch. */
  onProgress(done: number): void;
}

/** Classes that are kept of what a model sees in an image: what a person may want to choose from. */
const seenClasses = 5;

/**
 * Runs an extractor over all images of a plan, in workers of its own, and keeps what it found.
 * @throws RunError `features` when the extractor cannot be had here; the signal's reason when it aborts.
 */
export async function analyse(job: AnalysisJob): Promise<Analysis> {
  const { plan, extractor: id, signal, onProgress } = job;
  const extractor = registry.extractors.find((each) => each.id === id);
  assert(extractor, `no extractor ${id}`);
  const recipe = recipeFor(job);
  const why = await extractor.missing?.(recipe.features.options[id] as never);
  if (why) throw new RunError('features', why);
  const columns = featureColumns(recipe, registry.extractors);
  const [vector] = columns;
  assert(vector?.kind === 'vector', `${id} has no vector`);

  const workers = workerCount();
  const crew = createCrew(workers, { recipe, engine: 'cpu', needs: { tensor: false, picture: false } });
  const worker = new Worker(new URL('../workers/review.worker.ts', import.meta.url), {
    type: 'module',
    name: 'review',
  });
  const store = connectLone<ReviewDoor>(worker, 'The worker that keeps the features');
  const stop = () => crew.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await store.open(vector.length, plan.images.length);
    const keys: string[] = [];
    const seen: (readonly SeenClass[])[] = [];
    let done = 0;
    const corridor = {
      plan: { ...plan, shards: [wholePlan(plan.images)] },
      recipe,
      crew,
      workers,
      wish: decodeWish(recipe),
      signal,
      gate: createGate(),
      meter: createMeter(),
      isCommitted: () => false,
      onEngine: () => undefined, // hardly a pixel is computed
    };
    for await (const batch of processImages(corridor)) {
      const vectors: Uint8Array[] = [];
      for (const { image, outcome } of batch) {
        const features = outcome.ok ? outcome.value.computed[0]?.features : undefined;
        if (features === undefined || !(features[0] instanceof Uint8Array)) continue;
        keys.push(image.ref.key);
        vectors.push(features[0]);
        seen.push(classesOf(columns, features));
      }
      if (vectors.length > 0) await store.put(moved(vectors, buffersOf(vectors)));
      done += batch.length;
      onProgress(done);
    }
    crew.dispose();
    return {
      keys,
      seen,
      failed: done - keys.length,
      similar: (place, most) => store.similar(place, most),
      propose: (way, wanted) => store.propose(way, wanted),
      dispose: () => worker.terminate(),
    };
  } catch (error) {
    crew.stop();
    worker.terminate();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The recipe's own, but for one extractor and pictures that are hardly made, since nobody wants them. */
function recipeFor({ recipe, extractor }: AnalysisJob): Recipe {
  const given = recipe.features.options[extractor] ?? {};
  const options = 'labels' in given ? { ...given, labels: seenClasses } : given;
  return {
    ...recipe,
    image: { ...recipe.image, width: 8, height: 8, fit: 'stretch' },
    augment: { ...recipe.augment, enabled: false },
    decode: { ...recipe.decode, frames: recipe.decode.frames === 'every' ? 'first' : recipe.decode.frames },
    features: {
      ...recipe.features,
      extractors: [extractor],
      dtype: 'float32',
      l2: true,
      options: { ...recipe.features.options, [extractor]: options },
    },
  };
}

const wholePlan = (images: readonly PlannedImage[]) => ({
  index: 0,
  folder: '',
  part: 0,
  of: 1,
  start: 0,
  end: images.length,
  rows: images.length,
});

/** The columns of proposed labels, each a text with its score behind it. */
function classesOf(columns: readonly FeatureColumn[], features: readonly FeatureValue[]): SeenClass[] {
  const seen: SeenClass[] = [];
  columns.forEach(({ name }, i) => {
    const value = features[i];
    const score = features[i + 1];
    if (/^auto_label(_\d+)?$/.test(name) && typeof value === 'string' && typeof score === 'number')
      seen.push({ name: value, score });
  });
  return seen;
}
