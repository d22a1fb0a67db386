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

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #ffffff');
const side = z.int().min(1).max(16_384);

/** How links are fetched. */
export const fetchKnobs = z.strictObject({
  per_host: knob(z.int().min(1).max(64), 8, {
    label: 'At once, per host',
    advanced: true,
    help: 'Links of one host that are fetched at once.',
  }),
  overall: knob(z.int().min(1).max(256), 48, {
    label: 'At once, in all',
    advanced: true,
    help: 'Links that are fetched at once.',
  }),
  tries: knob(z.int().min(1).max(10), 4, {
    label: 'Tries',
    advanced: true,
    help: 'How often a link is asked for when the network or the server fails; a refusal is final.',
  }),
  connect_s: knob(z.number().min(0.1).max(600), 30, {
    label: 'Wait for an answer',
    unit: 's',
    advanced: true,
    help: 'A server that says nothing for so long is given up.',
  }),
  stall_s: knob(z.number().min(0.1).max(600), 20, {
    label: 'Wait for more',
    unit: 's',
    advanced: true,
    help: 'An answer in which nothing comes for so long is given up.',
  }),
  total_s: knob(z.number().min(1).max(3600), 300, {
    label: 'Wait in all',
    unit: 's',
    advanced: true,
    help: 'An image that has not come whole after so long is given up.',
  }),
  robots: knob(z.enum(['heed', 'ignore']), 'heed', {
    label: 'X-Robots-Tag',
    advanced: true,
    help: 'heed leaves out what a server marks noai, noimageai, noindex or noimageindex, where it lets pages read that.',
  }),
});

export type FetchKnobs = Readonly<z.output<typeof fetchKnobs>>;

/** How files become pixels. */
export const decodeKnobs = z.strictObject({
  mode: knob(z.enum(['fast', 'exact']), 'fast', {
    label: 'Decode',
    flag: 'decode',
    help: 'fast decodes JPEGs and JPEG 2000s, and opaque TIFFs, JPEG XLs and 16-bit PNGs for uint8 output, at 1/2, 1/4 or 1/8, keeping twice the wanted size; exact decodes every pixel.',
  }),
  background: knob(colour, '#ffffff', {
    label: 'Background',
    help: 'Colour behind transparent pixels.',
    advanced: true,
  }),
  frames: knob(z.enum(['first', 'middle', 'every']), 'first', {
    label: 'Frames',
    help: 'Of animations and files of several pages: the first, the middle one, or every one as a row of its own.',
  }),
  frame_step: knob(z.int().min(1).max(100_000), 1, {
    label: 'Every n-th',
    unit: 'frames',
    when: { 'decode.frames': ['every'] },
    help: '1 takes every frame, 5 the first of every five.',
  }),
  damaged: knob(z.enum(['skip', 'keep']), 'skip', {
    label: 'Damaged images',
    help: 'skip names them; keep takes what can be recovered, the rest in the background’s colour, and fills the column damaged.',
  }),
  // Its flag is not its name: `--colour` has long meant rgb or grey.
  colour: knob(z.enum(['srgb', 'as-stored']), 'srgb', {
    label: 'Colour space',
    flag: 'colour_space',
    help: 'srgb converts embedded colour profiles; as-stored keeps the numbers of the file.',
  }),
  range: knob(z.enum(['type', 'percentile', 'min-max', 'stored']), 'type', {
    label: 'Range',
    help: 'What becomes 0 and 255. type: the sample type’s full scale; percentile: each image’s 1st and 99th; min-max; stored: nothing is scaled.',
  }),
  exif: knob(z.boolean(), true, {
    label: 'EXIF columns',
    help: 'Write date, camera, lens, exposure, copyright and description, from EXIF, XMP or IPTC.',
  }),
  gps: knob(z.boolean(), false, {
    label: 'GPS columns',
    help: 'Write latitude and longitude too. Off for privacy.',
  }),
  // A copyright notice is written to be passed on with the picture; an artist's or owner's name is personal data that
  // a training set rarely needs. Serial numbers, which tie photographs to one owner, are never written to a table.
  personal: knob(z.boolean(), false, {
    label: 'Artist column',
    help: 'Write the name of the artist or photographer too. Off for privacy.',
  }),
  max_megabytes: knob(z.number().positive().max(4096), 256, {
    label: 'Largest file',
    unit: 'MB',
    advanced: true,
    help: 'A larger file is skipped and named.',
  }),
  max_megapixels: knob(z.number().positive().max(1000), 200, {
    label: 'Largest image',
    unit: 'MP',
    advanced: true,
    help: 'An image whose header declares more is skipped before it is decoded.',
  }),
  max_frames: knob(z.int().min(1).max(1_000_000), 1000, {
    label: 'Most frames',
    unit: 'frames',
    advanced: true,
    when: { 'decode.frames': ['every'] },
    help: 'A file that would give more rows than this is skipped and named.',
  }),
  max_decoded_megabytes: knob(z.number().positive().max(8192), 1024, {
    label: 'Largest decoded',
    unit: 'MB',
    advanced: true,
    help: 'An image whose pixels, of all its frames together, would take more memory is skipped before it is decoded.',
  }),
  max_metadata_megabytes: knob(z.number().positive().max(256), 16, {
    label: 'Largest metadata',
    unit: 'MB',
    advanced: true,
    help: 'An image with a larger block of metadata, once unpacked, is skipped.',
  }),
  timeout_s: knob(z.number().min(1).max(3600), 60, {
    label: 'Deadline',
    unit: 's',
    advanced: true,
    help: 'An image that takes longer is skipped and its worker replaced.',
  }),
});

export type DecodeKnobs = Readonly<z.output<typeof decodeKnobs>>;

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
    help: 'Resampling as Pillow does it, antialiased; area is Pillow’s box filter.',
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
