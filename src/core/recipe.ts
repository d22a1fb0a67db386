import { z } from 'zod';
import { RecipeError, type RecipeProblem } from './failure';
import type { Registry } from './plugin';
import { splits } from './split';

z.config({ jitless: true }); // the page's CSP forbids eval, and zod's probe for it would be reported

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

const decode = z.strictObject({
  mode: knob(z.enum(['fast', 'exact']), 'fast', {
    label: 'Decode',
    flag: 'decode',
    help: 'fast decodes JPEGs at 1/2, 1/4 or 1/8, keeping twice the wanted size; exact decodes every pixel.',
  }),
  background: knob(colour, '#ffffff', {
    label: 'Background',
    help: 'Colour behind transparent pixels.',
    advanced: true,
  }),
  exif: knob(z.boolean(), true, {
    label: 'EXIF columns',
    help: 'Write date, camera and exposure.',
  }),
  gps: knob(z.boolean(), false, {
    label: 'GPS columns',
    help: 'Write latitude and longitude too. Off for privacy.',
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
  timeout_s: knob(z.number().min(1).max(3600), 60, {
    label: 'Deadline',
    unit: 's',
    advanced: true,
    help: 'An image that takes longer is skipped and its worker replaced.',
  }),
});

const labels = z.strictObject({
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

const split = z.strictObject({
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

const image = z.strictObject({
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

const normalise = z.strictObject({
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

const outputStatic = {
  name: knob(
    z.string().regex(/^[^/\\:*?"<>|.\p{Cc}][^/\\:*?"<>|\p{Cc}]{0,99}$/u, 'a file name without an ending'),
    'images',
    {
      label: 'Name',
      help: 'Stem of the main files.',
      advanced: true,
    },
  ),
  layout: knob(z.enum(['together', 'by-split']), 'together', {
    label: 'Files',
    flag: 'files',
    help: 'together: one set of files, with a split column; by-split: folders train, validation and test.',
  }),
  shard_images: knob(z.int().min(1).max(10_000_000), 10_000, {
    label: 'Shard',
    unit: 'images',
    advanced: true,
    help: 'Most images in one set of files; a run with more is numbered, and resumes at a shard.',
  }),
  picture_type: knob(z.enum(['jpeg', 'png', 'webp']), 'jpeg', {
    label: 'Picture type',
    help: 'How pictures are re-encoded.',
  }),
  picture_quality: knob(z.int().min(1).max(100), 90, {
    label: 'Quality',
    unit: '%',
    help: 'Of re-encoded JPEG and WebP.',
  }),
};

const augmentStatic = {
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
};

/** One step of `augment.steps`: `{ rotate: { degrees: 15 } }`, the key a transform's id. */
export type AugmentStep = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type OutputKnobs = z.output<z.ZodObject<typeof outputStatic>>;

/** The JSON that decides every byte of the output. */
export interface Recipe {
  readonly version: 1;
  readonly seed: number;
  readonly source: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly decode: Readonly<z.output<typeof decode>>;
  readonly labels: Readonly<z.output<typeof labels>>;
  readonly split: Readonly<z.output<typeof split>>;
  readonly image: Readonly<z.output<typeof image>>;
  readonly augment: Readonly<z.output<z.ZodObject<typeof augmentStatic>>> & {
    readonly steps: readonly AugmentStep[];
  };
  readonly normalise: Readonly<z.output<typeof normalise>>;
  readonly output: Readonly<OutputKnobs> & {
    readonly formats: readonly string[];
    readonly target: string;
    /** Knobs of each format by its id. */
    readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** The steps of a recipe that says nothing else. */
const defaultSteps: readonly AugmentStep[] = [
  { 'flip-horizontal': { probability: 0.5 } },
  { rotate: { degrees: 15 } },
  { 'random-resized-crop': { smallest: 0.8 } },
  { brightness: { amount: 0.2 } },
];

/** Builds the schema of recipes from the rooms' lists: every default, every check, every word of help. */
export function recipeSchema(registry: Registry): z.ZodType<Recipe> {
  const ids = (plugins: readonly { readonly id: string }[]) =>
    plugins.map((plugin) => plugin.id) as [string, ...string[]]; // rooms are never empty
  // Knob schemas are opaque here: each transform parses its own, and an empty object takes all its defaults.
  const steps = registry.transforms.map((transform) =>
    z.strictObject({
      [transform.id]: (transform.knobs as z.ZodType).prefault({}),
    }),
  );
  const options = Object.fromEntries(
    registry.formats.map((format) => [format.id, (format.knobs as z.ZodType).prefault({})]),
  );
  const schema = z.strictObject({
    version: z.literal(1).default(1),
    seed: knob(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
      0,
      { label: 'Seed', help: 'Decides the split and every augmentation.' },
    ),
    source: z
      .strictObject({
        type: knob(z.enum(ids(registry.sources)), 'folder', {
          label: 'Source',
          flag: 'source',
          help: 'Where images come from.',
        }),
      })
      .prefault({}),
    decode: decode.prefault({}),
    labels: labels.prefault({}),
    split: split.prefault({}),
    image: image.prefault({}),
    augment: z
      .strictObject({
        ...augmentStatic,
        steps: z
          .array(stepSchema(registry, steps))
          .max(50)
          .prefault([...defaultSteps]),
      })
      .prefault({}),
    normalise: normalise.prefault({}),
    output: z
      .strictObject({
        formats: knob(z.array(z.enum(ids(registry.formats))).min(1), ['npy', 'csv'], {
          label: 'Formats',
          help: 'What is written.',
        }),
        target: knob(z.enum(ids(registry.targets)), 'zip', {
          label: 'Save to',
          help: 'zip, or a folder that you choose.',
        }),
        ...outputStatic,
        options: z.strictObject(options).prefault({}),
      })
      .prefault({}),
  });
  // The interface above states what this schema gives; zod cannot infer through the plug-ins' opaque schemas.
  return schema.superRefine(refuseContradictions as never) as unknown as z.ZodType<Recipe>;
}

/** A step as a one-key object; a union would report every transform's complaint, this reports the chosen one's. */
function stepSchema(registry: Registry, schemas: readonly z.ZodType[]): z.ZodType {
  const known = registry.transforms.map((transform) => transform.id);
  return z.union(schemas as [z.ZodType, ...z.ZodType[]], {
    error: (issue) => {
      const step = issue.input;
      const keys = typeof step === 'object' && step !== null ? Object.keys(step) : [];
      if (keys.length !== 1) return `one step with its knobs, like { rotate: { degrees: 15 } }`;
      if (!known.includes(keys[0]))
        return `got step ${JSON.stringify(keys[0])}; known steps: ${known.join(', ')}`;
      return undefined;
    },
  });
}

function refuseContradictions(recipe: Recipe, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { normalise, split, labels } = recipe;
  if (normalise.dtype === 'uint8' && normalise.values !== 'none') {
    refuse(
      ['normalise', 'dtype'],
      `got uint8, which cannot hold ${normalise.values} values; choose float32 or float16, or values: none`,
    );
  }
  const channels = recipe.image.colour === 'grey' ? 1 : 3;
  if (channels === 1 && (normalise.values === 'imagenet' || normalise.values === 'caffe')) {
    refuse(
      ['normalise', 'values'],
      `got ${normalise.values}, which has three channels, with colour: grey; choose rgb, or unit, signed, custom`,
    );
  }
  if (normalise.values === 'custom') {
    for (const name of ['mean', 'std'] as const) {
      const count = normalise[name].length;
      if (count !== channels && count !== 1)
        refuse(['normalise', name], `got ${count} numbers for ${channels} channels`);
    }
  }
  if (split.by === 'ratio' && split.validation + split.test > 1) {
    refuse(
      ['split', 'test'],
      `validation ${split.validation} and test ${split.test} are more than everything; their sum must be at most 1`,
    );
  }
  if (labels.from === 'pattern') {
    try {
      new RegExp(labels.pattern, 'u');
      if (!labels.pattern.includes('(?<label>'))
        refuse(
          ['labels', 'pattern'],
          `got ${JSON.stringify(labels.pattern)} without a group named label; write (?<label>…) around the label`,
        );
    } catch (error) {
      refuse(['labels', 'pattern'], `got ${JSON.stringify(labels.pattern)}: ${(error as Error).message}`);
    }
  }
  if (labels.from === 'folder' && labels.level === 0)
    refuse(['labels', 'level'], 'got 0; 1 is the outermost folder, -1 the innermost');
}

/**
 * Checks a recipe and fills its defaults.
 * @throws RecipeError with every problem's path, the value it got and what would be right.
 */
export function parseRecipe(input: unknown, schema: z.ZodType<Recipe>): Recipe {
  const result = schema.safeParse(input ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw new RecipeError(result.error.issues.flatMap(toProblems));
}

function toProblems(issue: z.core.$ZodIssue): RecipeProblem[] {
  if (issue.code === 'invalid_union') {
    // Of a step's alternatives only the one that bears its name has something to say.
    const inner = issue.errors.map((branch) =>
      branch.filter((problem) => problem.code !== 'unrecognized_keys'),
    );
    const told = inner.find(
      (branch) => branch.length > 0 && branch.every((problem) => problem.path.length > 1),
    );
    if (told)
      return told.flatMap((problem) =>
        toProblems({
          ...problem,
          path: [...issue.path, ...problem.path],
        } as z.core.$ZodIssue),
      );
  }
  const path = formatPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: 'no such knob; see --help or the form for the names',
    }));
  }
  const got =
    issue.code === 'custom' || issue.input === undefined ? '' : `got ${JSON.stringify(issue.input)}; `;
  return [{ path, message: `${got}${issue.message}` }];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
}
