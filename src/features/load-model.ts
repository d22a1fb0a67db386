import type { Tensor } from '@tensorflow/tfjs-core';
import { assert } from '../base/assert';
import { RunError } from '../core/failure';
import { isGraphModel } from '../core/model-json';
import type { ModelManifest } from '../core/model-manifest';
import { classNamesOf } from '../core/model-manifests';
import { loadGraph } from './graph-network';
import { loadLayers } from './layers-network';
import { inputFiller } from './model-input';
import type { Network } from './network';
import { type ModelSourceFiles, type ReadModel, readModel } from './read-model';
import { loadTensorflow, type Tensorflow } from './tensorflow';

/** What a model says of one picture. */
export interface ModelOutput {
  /** `manifest.embedding.dimension` numbers. */
  readonly embedding: Float32Array;
  /** A probability for each class, in the order of {@link LoadedModel.classNames}; null for a model without classes. */
  readonly scores: Float32Array | null;
}

/** A model in this worker's memory. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly classNames: readonly string[];
  /**
   * Says what the model makes of pictures of its input's size: 8-bit RGB, `height × width × 3` each. Any number of them; memory
   * grows with it.
   */
  embed(pictures: readonly (Uint8Array | Uint8ClampedArray)[]): Promise<readonly ModelOutput[]>;
  /** Frees its memory. */
  dispose(): void;
}

/**
 * Loads a model's files and proves by one blank picture that the backend can run it and that it is what its manifest says.
 * @throws RunError `features` in a sentence: a file is missing or altered, an operation is unknown, a shape is another.
 */
export async function loadModel(source: ModelSourceFiles): Promise<LoadedModel> {
  const { manifest } = source;
  const read = await readModel(source);
  const tf = await loadTensorflow();
  const network = await openNetwork(tf, manifest, read);
  const { width, height } = manifest.input;
  const fill = inputFiller(manifest.input);
  const size = width * height * 3;
  const classNames = await classNamesOf(manifest);
  const embed: LoadedModel['embed'] = async (pictures) => {
    if (pictures.length === 0) return [];
    const numbers = new Float32Array(pictures.length * size);
    for (const [i, picture] of pictures.entries()) {
      assert(picture.length === size, 'a picture of another size than the model’s');
      fill(numbers, i * size, picture);
    }
    const input = tf.tensor4d(numbers, [pictures.length, height, width, 3]);
    try {
      const [embedding, scores] = await network.run(input);
      return await outputs(tf, manifest, pictures.length, embedding, scores);
    } finally {
      input.dispose();
    }
  };
  try {
    await embed([new Uint8Array(size)]);
  } catch (error) {
    network.dispose();
    throw explain(manifest, error);
  }
  return { manifest, classNames, embed, dispose: () => network.dispose() };
}

async function openNetwork(tf: Tensorflow, manifest: ModelManifest, read: ReadModel): Promise<Network> {
  try {
    return isGraphModel(read.model)
      ? await loadGraph(tf, manifest, read)
      : await loadLayers(tf, manifest, read);
  } catch (error) {
    throw explain(manifest, error);
  }
}

/** Takes the numbers out of a batch's tensors, and holds them to the manifest. */
async function outputs(
  tf: Tensorflow,
  manifest: ModelManifest,
  count: number,
  embedding: Tensor,
  scores: Tensor | null,
): Promise<readonly ModelOutput[]> {
  const { dimension } = manifest.embedding;
  const { classes } = manifest;
  const flat = tf.tidy(() => (embedding.rank === 4 ? tf.mean(embedding, [1, 2]) : tf.clone(embedding)));
  const chances = scores && classes?.scores === 'logits' ? tf.softmax(scores) : scores;
  try {
    if (flat.size !== count * dimension)
      throw mismatch(
        manifest,
        `its embedding has ${flat.size / count} numbers, and its manifest says ${dimension}`,
      );
    const width = chances === null ? 0 : chances.size / count;
    const first = classes?.background === true ? 1 : 0;
    if (classes !== null && width !== classes.count + first)
      throw mismatch(
        manifest,
        `it tells ${width} classes, and its manifest says ${classes.count + first}${first === 1 ? ' with the background' : ''}`,
      );
    const [numbers, chance] = await Promise.all([
      flat.data<'float32'>(),
      chances === null ? null : chances.data<'float32'>(),
    ]);
    return Array.from({ length: count }, (_, i) => ({
      embedding: numbers.slice(i * dimension, (i + 1) * dimension),
      scores: chance === null ? null : chance.slice(i * width + first, (i + 1) * width),
    }));
  } finally {
    tf.dispose([embedding, flat, scores, chances].filter((tensor) => tensor !== null));
  }
}

const mismatch = ({ label }: ModelManifest, what: string) =>
  new RunError('features', `The model ${label} is not what its manifest says: ${what}.`);

/** Turns what TensorFlow.js throws into a sentence. */
function explain(manifest: ModelManifest, error: unknown): RunError {
  if (error instanceof RunError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, missing] = /[Kk]ernel '(\w+)' not registered|Unknown op '(\w+)'/.exec(text) ?? [];
  const operation = missing ?? /Unknown op '(\w+)'/.exec(text)?.[1];
  if (operation !== undefined)
    return new RunError(
      'features',
      `The model ${manifest.label} has the operation ${operation}, which TensorFlow.js cannot run in WebAssembly. Choose another model.`,
    );
  if (error instanceof RangeError || /out of memory|alloc|memory access out of bounds/i.test(text))
    return new RunError(
      'features',
      `There is no memory to run the model ${manifest.label}. Choose a smaller one, or fewer workers.`,
    );
  return new RunError(
    'features',
    `The model ${manifest.label} cannot be run: ${text.replace(/\s+/g, ' ').slice(0, 300)}`,
  );
}
