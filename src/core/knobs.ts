import { z } from 'zod';
import { splits } from './split';

// Before the first schema is made: the page's CSP forbids eval, and zod's probe for it would be reported.
z.config({ jitless: true });

/** Words for a knob in the form and in the command line's help. */
export interface KnobMeta {
  /** Sentence case, short: the form's label. */
  readonly label?: string;
  /** One sentence. */
  readonly help?: string;
  /** `px`, `%`, `°`, `images`. */
  readonly unit?: string;
  /** Its flag on the command line when that is not the knob's own name. */
  readonly flag?: string;
  /** Which other knob must have which value for this one to matter: `{ 'image.fit': ['contain'] }`. */
  readonly when?: Readonly<Record<string, readonly unknown[]>>;
  /** Rarely needed: folded away in the form. */
  readonly advanced?: boolean;
}

/** Gives a schema its default and its words. */
export function knob<S extends z.ZodType>(schema: S, fallback: z.input<S>, meta: KnobMeta): z.ZodDefault<S> {
  // zod types the default by the output; our knobs' inputs and outputs are the same JSON.
  return schema.default(fallback as never).meta({ ...meta });
}

/** A colour as recipes write it. */
export const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #ffffff');
const side = z.int().min(1).max(16_384);

/** Where labels come from. */
export const labelKnobs = z.strictObject({
  from: knob(z.enum(['folder', 'pattern', 'table', 'none']), 'folder', {
    label: 'Labels from',
    flag: 'labels',
    help: 'folder: a folder of the path; pattern: a group in the file name; table: metadata.csv or .jsonl; none.',
  }),
  level: knob(z.int().min(-20).max(20), -1, {
    label: 'Folder level',
    flag: 'label_level',
    when: { 'labels.from': ['folder'] },
    help: 'Which folder names the label: -1 the innermost, 1 the outermost.',
  }),
  pattern: knob(z.string().max(500), '^(?<label>[^_/]+)_', {
    label: 'Pattern',
    flag: 'label_pattern',
    when: { 'labels.from': ['pattern'] },
    help: 'Regular expression on the path with a named group: (?<label>…).',
  }),
  column: knob(z.string().max(200), 'label', {
    label: 'Column',
    flag: 'label_column',
    when: { 'labels.from': ['table'] },
    help: 'The table column that holds the label.',
  }),
});

/** How images are shared among train, validation and test. */
export const splitKnobs = z.strictObject({
  by: knob(z.enum(['ratio', 'folder', 'none']), 'ratio', {
    label: 'Split by',
    flag: 'split',
    help: 'ratio: seeded and stratified; folder: from folders named train, val, test; none: all train.',
  }),
  validation: knob(z.number().min(0).max(1), 0.1, {
    label: 'Validation',
    when: { 'split.by': ['ratio'] },
    help: 'Share of the images for validation, 0 to 1.',
  }),
  test: knob(z.number().min(0).max(1), 0.1, {
    label: 'Test',
    when: { 'split.by': ['ratio'] },
    help: 'Share of the images for the test, 0 to 1; the rest trains.',
  }),
  stratify: knob(z.boolean(), true, {
    label: 'Stratify',
    when: { 'split.by': ['ratio'] },
    help: 'Keep the shares within every label.',
  }),
});

/** Size, fit, filter and colour of the output. */
export const imageKnobs = z.strictObject({
  width: knob(side, 224, {
    label: 'Width',
    unit: 'px',
    help: 'Output width; the side for shortest and longest.',
  }),
  height: knob(side, 224, {
    label: 'Height',
    unit: 'px',
    help: 'Output height.',
  }),
  fit: knob(z.enum(['cover', 'contain', 'stretch', 'shortest', 'longest', 'none']), 'cover', {
    label: 'Fit',
    help: 'cover crops, contain pads, stretch distorts; shortest and longest scale one side to the width; none keeps the size.',
  }),
  filter: knob(z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos', 'area']), 'bilinear', {
    label: 'Filter',
    when: { 'image.resample': ['pillow', 'tensorflow'] },
    help: 'How pixels are weighed when the size changes; area is Pillow’s box filter.',
  }),
  resample: knob(z.enum(['pillow', 'tensorflow', 'opencv-area']), 'pillow', {
    label: 'Resample as',
    advanced: true,
    help: 'The library whose values come out: Pillow (antialiased); tf.image.resize; or cv2.resize with INTER_AREA. The last two decode every pixel.',
  }),
  antialias: knob(z.boolean(), false, {
    label: 'Antialias',
    advanced: true,
    when: { 'image.resample': ['tensorflow'] },
    help: 'The argument of tf.image.resize. Pillow always antialiases; nearest never does, area always.',
  }),
  pad: knob(colour, '#000000', {
    label: 'Padding',
    when: { 'image.fit': ['contain'] },
    help: 'Colour around a contained picture.',
  }),
  colour: knob(z.enum(['rgb', 'grey']), 'rgb', {
    label: 'Colour',
    help: 'Three channels or one.',
  }),
});

export type ImageKnobs = Readonly<z.output<typeof imageKnobs>>;

/** What the tensor holds: values, type and layout. */
export const normaliseKnobs = z.strictObject({
  values: knob(z.enum(['none', 'unit', 'signed', 'imagenet', 'caffe', 'per-image', 'custom']), 'none', {
    label: 'Values',
    flag: 'normalise',
    help: 'none: 0 to 255; unit: 0 to 1; signed: -1 to 1; imagenet: mean and std; caffe: BGR less mean; per-image; custom.',
  }),
  mean: knob(z.array(z.number()).min(1).max(3), [0.485, 0.456, 0.406], {
    label: 'Mean',
    when: { 'normalise.values': ['custom'] },
    help: 'A number for each channel, on the scale 0 to 1.',
  }),
  std: knob(z.array(z.number().positive()).min(1).max(3), [0.229, 0.224, 0.225], {
    label: 'Std',
    when: { 'normalise.values': ['custom'] },
    help: 'A number for each channel, on the scale 0 to 1.',
  }),
  dtype: knob(z.enum(['uint8', 'float16', 'float32']), 'uint8', {
    label: 'Type',
    help: 'uint8 needs values: none.',
  }),
  layout: knob(z.enum(['channels-last', 'channels-first']), 'channels-last', {
    label: 'Layout',
    help: 'channels-last: height, width, channels (TensorFlow); channels-first (PyTorch).',
  }),
});

/** Features beside their extractors, which the room knows. */
export const featureKnobs = {
  dtype: knob(z.enum(['float32', 'float16']), 'float32', {
    label: 'Vector type',
    flag: 'features_dtype',
    advanced: true,
    help: 'float16 halves the files, and keeps three digits.',
  }),
  l2: knob(z.boolean(), false, {
    label: 'Unit length',
    advanced: true,
    help: 'Scale every vector to length 1, so that a dot product is the cosine. The descriptor has it already.',
  }),
};

/** What the main files are called when nobody names them. */
export const defaultName = 'images';

/** What is written beside the formats and the target, which the rooms know. */
export const outputKnobs = {
  name: knob(
    z.string().regex(/^[^/\\:*?"<>|.\p{Cc}][^/\\:*?"<>|\p{Cc}]{0,99}$/u, 'a file name without an ending'),
    defaultName,
    {
      label: 'Name',
      help: 'Stem of the main files.',
      advanced: true,
    },
  ),
  layout: knob(z.enum(['together', 'by-split']), 'together', {
    label: 'Files',
    flag: 'files',
    help: 'together: one set of files, with a split column; by-split: train, validation and test apart.',
  }),
  shard_images: knob(z.int().min(1).max(10_000_000), 10_000, {
    label: 'Shard',
    unit: 'images',
    advanced: true,
    help: 'Most images in one set of files; a run with more is numbered, and resumes at a shard.',
  }),
  shard_megabytes: knob(z.number().min(0).max(1_000_000), 0, {
    label: 'Shard size',
    unit: 'MB',
    advanced: true,
    help: 'Most megabytes in one file, estimated before the run from sizes and types; 0 leaves it to the images.',
  }),
  card: knob(z.boolean(), false, {
    label: 'Dataset card',
    help: 'Write README.md, as Hugging Face shows it, and croissant.json. Replaces a README.md that is there.',
  }),
  licence: knob(
    z
      .string()
      .max(200)
      .regex(/^[^\p{Cc}]*$/u, 'one line'),
    '',
    {
      label: 'Licence',
      flag: 'licence',
      when: { 'output.card': [true] },
      help: 'Of the images, for the card: an SPDX identifier like CC-BY-4.0, or its address.',
    },
  ),
  picture_type: knob(z.enum(['jpeg', 'png', 'webp']), 'jpeg', {
    label: 'Picture type',
    help: 'How pictures are re-encoded.',
  }),
  picture_quality: knob(z.int().min(1).max(100), 90, {
    label: 'Quality',
    unit: '%',
    help: 'Of re-encoded JPEG and WebP.',
  }),
  picture_metadata: knob(z.enum(['strip', 'keep']), 'strip', {
    label: 'Picture metadata',
    advanced: true,
    help: 'strip: none; keep: the EXIF of the file, with position, serial numbers and names, without its thumbnail.',
  }),
};

/** Augmentation beside its steps, which the rooms know. */
export const augmentKnobs = {
  enabled: knob(z.boolean(), false, {
    label: 'Augment',
    flag: 'augment',
    help: 'Add augmented copies.',
  }),
  copies: knob(z.int().min(1).max(100), 1, {
    label: 'Copies',
    when: { 'augment.enabled': [true] },
    help: 'Augmented rows for each image, beside the plain one.',
  }),
  splits: knob(z.array(z.enum(splits)).min(1), ['train'], {
    label: 'Of',
    flag: 'augment_splits',
    when: { 'augment.enabled': [true] },
    help: 'Which splits are augmented.',
  }),
  balance: knob(z.number().min(0).max(1), 0, {
    label: 'Balance',
    when: { 'augment.enabled': [true] },
    help: 'Gives rare labels more copies, until each has this share of the rows of the most common: 1 makes all even, 0 none.',
  }),
};
