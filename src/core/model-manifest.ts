import { z } from 'zod';
import type { TopologyName } from './topologies/topologies';

// As in `knobs.ts`: the page's CSP forbids the eval that zod would probe for.
z.config({ jitless: true });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in lower-case hex');
const md5 = z.string().regex(/^[0-9a-f]{32}$/, 'MD5 in lower-case hex');
/** Plain http only from this computer. */
const url = z.string().regex(/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])\S+$/, 'an https address');
const triple = z.tuple([z.number(), z.number(), z.number()]);

/** A model's id: its manifest's and its folder's name. */
export const modelId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'letters a to z, digits, dots, dashes and underscores, 64 at most, not beginning with a mark',
  );

/** Where weights are officially to be had. */
const source = z.strictObject({
  /** A TF.js layers or graph model by its `model.json`, or Keras' weights in HDF5, which `convert` reads. */
  kind: z.enum(['layers', 'graph', 'keras-h5']),
  url,
  /** Of the file itself, where it is published. */
  md5: md5.optional(),
  sha256: sha256.optional(),
  /** About how much is downloaded, in megabytes, for people. */
  megabytes: z.number().positive(),
});

/** How a picture becomes what the network is fed. */
export const modelInput = z.strictObject({
  /** Pixels. */
  width: z.int().min(1).max(2048),
  height: z.int().min(1).max(2048),
  /** `cover` fills the frame and cuts what protrudes, evenly; `stretch` ignores proportions; `contain` adds black bars. */
  fit: z.enum(['cover', 'stretch', 'contain']),
  /** Share of the shorter side that `cover` keeps: 0.875 is 256 pixels cut to 224. */
  crop: z.number().min(0.1).max(1).default(1),
  /** As Pillow's, with antialiasing. */
  filter: z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos', 'area']),
  channels: z.enum(['RGB', 'BGR']),
  /**
   * What becomes of 0 to 255: `tf` is −1 to 1, `unit` 0 to 1, `torch` 0 to 1 by ImageNet's mean and deviation, `caffe` 0 to 255
   * less ImageNet's mean, `raw` as it is. Or mean and deviation themselves, on the scale of 0 to 255, in the order of
   * `channels`.
   */
  normalisation: z.union([
    z.enum(['tf', 'unit', 'torch', 'caffe', 'raw']),
    z.strictObject({
      mean: triple,
      std: triple.refine((std) => std.every((one) => one !== 0), 'none may be 0'),
    }),
  ]),
});

/** What is known of a pretrained model without its weights: `models/*.json`. */
export const modelManifest = z.strictObject({
  id: modelId,
  label: z.string().min(1),
  task: z.literal('image-classification'),
  sources: z.array(source),
  licence: z.strictObject({ name: z.string(), url: url.nullable(), note: z.string() }),
  citation: z.string(),
  /** Our own drawing of the network, into which Keras' weights are put; null for a model that comes with its own. */
  topology: z.string().nullable() as z.ZodType<TopologyName | null>,
  input: modelInput,
  embedding: z.strictObject({
    /** Names of the layer or node that gives it, of which a model has one. */
    nodes: z.array(z.string().min(1)).min(1),
    /** Numbers in it, once height and width, where it has them, are averaged away. */
    dimension: z.int().min(1).max(1_000_000),
  }),
  /** Other layers that give features, by name: nearer to the picture, less of a class and more of a pattern. */
  layers: z
    .array(z.strictObject({ name: z.string().min(1), dimension: z.int().min(1).max(1_000_000) }))
    .default([]),
  /** Null for a model that tells no classes. */
  classes: z
    .strictObject({
      /** A list in `models/`, or the names themselves, or null for bare numbers. */
      names: z.union([z.literal('imagenet'), z.array(z.string()).min(1)]).nullable(),
      count: z.int().min(2).max(1_000_000),
      /** `logits` still want the softmax. */
      scores: z.enum(['probabilities', 'logits']),
      /** True when the model's first output stands for none of the classes. */
      background: z.boolean().default(false),
    })
    .nullable(),
});

export type ModelManifest = Readonly<z.output<typeof modelManifest>>;
export type ModelInput = Readonly<z.output<typeof modelInput>>;
export type ModelSource = ModelManifest['sources'][number];

/** A model as it lies in `models/<id>/installed.json`, beside its files. */
export const installedModel = z.strictObject({
  /** As it was when the model was installed, with the preprocessing that the files themselves ask for. */
  manifest: modelManifest,
  /** Where the files are from, for people. */
  from: z.string(),
  files: z
    .array(z.strictObject({ path: z.string().min(1), bytes: z.int().min(0), sha256 }))
    .min(1)
    .max(10_000),
});

export type InstalledModel = Readonly<z.output<typeof installedModel>>;

/** `models/index.json`: which models are installed beside the page. */
export const modelIndex = z.object({ models: z.array(z.string()) });

/** What each channel is put through, in the order in which the network is fed: `(x − mean) / std` of 0 to 255. */
export interface ChannelScale {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * Resolves a manifest's normalisation.
 *
 * `tf`, `torch` and `caffe` are the modes of Keras' `imagenet_utils.preprocess_input`; those with a value for each channel are
 * told for the order in which the channels are fed.
 */
export function channelScale({ normalisation, channels }: ModelInput): ChannelScale {
  if (typeof normalisation === 'object') return normalisation;
  const { mean, std } = modes[normalisation];
  return channels === 'RGB' ? { mean, std } : { mean: reversed(mean), std: reversed(std) };
}

type Triple = readonly [number, number, number];

const reversed = ([a, b, c]: Triple): Triple => [c, b, a];
const times255 = ([a, b, c]: Triple): Triple => [a * 255, b * 255, c * 255];
const same = (value: number): Triple => [value, value, value];

/** In the order red, green, blue. */
const modes: Readonly<Record<'tf' | 'unit' | 'torch' | 'caffe' | 'raw', { mean: Triple; std: Triple }>> = {
  tf: { mean: same(127.5), std: same(127.5) },
  unit: { mean: same(0), std: same(255) },
  torch: { mean: times255([0.485, 0.456, 0.406]), std: times255([0.229, 0.224, 0.225]) },
  caffe: { mean: [123.68, 116.779, 103.939], std: same(1) },
  raw: { mean: same(0), std: same(1) },
};
