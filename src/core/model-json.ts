import { z } from 'zod';
import { safePath } from '../base/safe-path';
import { RunError } from './failure';
import type { ModelInput } from './model-manifest';

const quantised = z.looseObject({ dtype: z.enum(['uint8', 'uint16', 'float16']) });

const weight = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.string(),
  quantization: quantised.optional(),
});

const schema = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()).min(1), weights: z.array(weight) })),
  /** What some converters say of how a picture is to be fed. */
  userDefinedMetadata: z.unknown().optional(),
});

/** A TF.js model's `model.json`, as far as its files are concerned. */
export type ModelJson = Readonly<z.output<typeof schema>>;

/**
 * Reads a `model.json`, and refuses one whose files would lie outside its folder.
 * @throws RunError `features`.
 */
export function readModelJson(text: string): ModelJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunError(
      'features',
      `model.json is no JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  const { data, error } = schema.safeParse(value);
  if (data === undefined) {
    const [{ path, message }] = error.issues;
    throw new RunError(
      'features',
      `model.json is none of TF.js: ${path.join('.') || 'it'} is wrong (${message}). A layers or graph model has modelTopology and weightsManifest.`,
    );
  }
  for (const path of weightPaths(data))
    if (safePath(path) !== path)
      throw new RunError(
        'features',
        `model.json names the file ${JSON.stringify(path)}, which is no name of a file beside it.`,
      );
  return data;
}

/** The files of weights, in their order. */
export const weightPaths = ({ weightsManifest }: ModelJson): readonly string[] =>
  weightsManifest.flatMap(({ paths }) => paths);

/** True for a graph model, false for a layers model. */
export const isGraphModel = ({ format, modelTopology }: ModelJson): boolean =>
  format === 'graph-model' || 'node' in modelTopology;

const bytesOfDtype: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  uint8: 1,
  bool: 1,
  uint16: 2,
  float16: 2,
};

/**
 * Checks that files of these sizes hold the weights that `model.json` tells of.
 * @throws RunError `features` naming the file that is missing or the group that is too short or too long.
 */
export function checkWeightBytes(model: ModelJson, bytesOf: (path: string) => number | null): void {
  for (const { paths, weights } of model.weightsManifest) {
    let found = 0;
    for (const path of paths) {
      const bytes = bytesOf(path);
      if (bytes === null)
        throw new RunError(
          'features',
          `The model’s file ${path} is missing: it holds a part of its weights.`,
        );
      found += bytes;
    }
    if (weights.some(({ dtype }) => dtype === 'string')) continue; // their length is told by the file itself
    const wanted = weights.reduce((sum, { shape, dtype, quantization }) => {
      const each = bytesOfDtype[quantization?.dtype ?? dtype];
      if (each === undefined)
        throw new RunError(
          'features',
          `model.json tells of weights of the type ${dtype}, which TF.js has not.`,
        );
      return shape.reduce((a, b) => a * b, each) + sum;
    }, 0);
    if (found !== wanted)
      throw new RunError(
        'features',
        `${paths.length === 1 ? `The model’s file ${paths[0]} holds` : `The model’s files ${paths[0]} to ${paths[paths.length - 1]} hold`} ${found} bytes, and model.json tells of ${wanted}. Fetch the model again.`,
      );
  }
}

const metadata = z.object({
  preprocessing: z.object({
    input_size: z.int().optional(),
    channel_order: z.enum(['RGB', 'BGR']),
    scale: z.number().positive(),
    mean: z.tuple([z.number(), z.number(), z.number()]),
    std: z.tuple([z.number(), z.number(), z.number()]),
  }),
});

/**
 * What the files themselves say of how they are to be fed, `(x / scale − mean) / std` in the order that they name: it wins over
 * the manifest, for weights of the same network were trained in several ways. Null where they say nothing.
 */
export function declaredInput({
  userDefinedMetadata,
}: ModelJson): Pick<ModelInput, 'channels' | 'normalisation'> | null {
  const { data } = metadata.safeParse(userDefinedMetadata);
  if (data === undefined) return null;
  const { channel_order: channels, scale, mean, std } = data.preprocessing;
  const scaled = ([a, b, c]: readonly [number, number, number]): [number, number, number] => [
    a * scale,
    b * scale,
    c * scale,
  ];
  return { channels, normalisation: { mean: scaled(mean), std: scaled(std) } };
}
