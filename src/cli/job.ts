import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { HeadlessJob } from '../core/door';
import { redactUrl } from '../core/redact';
import { isBucketAddress, type SplitAddress, splitAddress } from '../core/storage-address';
import { type Arguments, endingsOf, list, parseArguments, readBoolean, UsageError } from './arguments';
import { readConfig } from './config';
import { type Destination, readDestination, refuseOverlap } from './destination';
import { findInputs, type Inputs } from './inputs';
import { deriveFlags, type RecipeSchema } from './knobs';
import { applyKnobs, getAt, type LooseRecipe, readImageSize, setAt } from './recipe';

/** A command understood: what is read, what is written where, and how. */
export interface Job {
  /** Null for a source that needs no files, such as the sample. */
  readonly inputs: Inputs | null;
  /** What `--input` names when it is a bucket's address; `query` is what opens it, and a secret. */
  readonly bucket: SplitAddress | null;
  readonly destination: Destination;
  readonly recipe: LooseRecipe;
  readonly workers: number | null;
  readonly continuation: HeadlessJob['continuation'];
  readonly quiet: boolean;
  /** True when links are fetched here and not in the browser. */
  readonly throughNode: boolean;
}

/**
 * Makes a job of a command line: the config first, then the flags, then what `--output` and `--input` decide.
 * @param base The folder that relative paths of the command line mean; those of a config mean its own folder.
 * @throws UsageError
 */
export async function readJob(args: Arguments, base: string, schema: RecipeSchema): Promise<Job> {
  const { config, configBase, recipe: configured } = loadConfig(args, base, schema);
  const recipe = applyKnobs(configured, [...config.knobs, ...args.knobs], schema);
  const [size] = args.own.image_size ?? config.own.image_size ?? [];
  if (size !== undefined) {
    const { width, height } = readImageSize(size);
    setAt(recipe, ['image', 'width'], width);
    setAt(recipe, ['image', 'height'], height);
  }
  const given = args.own.input ?? config.own.input ?? null;
  const inputBase = args.own.input ? base : configBase;
  const bucket = given === null ? null : readBucketInput(given);
  const inputs = given === null || bucket !== null ? null : await findInputs(given, inputBase);
  if (bucket === null) chooseSource(recipe, inputs, args.own.config?.[0] ?? null);
  else chooseBucket(recipe, bucket);
  const [output] = args.own.output ?? config.own.output ?? ['./output'];
  const destination = readDestination(output, args.own.output ? base : configBase, schema);
  chooseOutput(recipe, destination, schema);
  if (writesPictures(recipe, schema))
    refuseOverlap(destination.folder, inputs?.folders ?? [], destination.shown);
  const own = { ...config.own, ...args.own };
  if (own.fresh && own.retry_failed)
    throw new UsageError('--fresh and --retry_failed are opposites. Leave one out.');
  return {
    inputs,
    bucket,
    destination,
    recipe,
    workers: readWorkers(own.workers?.[0]),
    continuation: own.fresh ? 'fresh' : own.retry_failed ? 'retry-failed' : 'resume',
    quiet: own.quiet !== undefined,
    throughNode: readThroughNode(own.through_node?.[0]),
  };
}

interface LoadedConfig {
  readonly config: Arguments;
  readonly configBase: string;
  readonly recipe: Readonly<LooseRecipe>;
}

function loadConfig(args: Arguments, base: string, schema: RecipeSchema): LoadedConfig {
  const [path] = args.own.config ?? [];
  if (path === undefined) return { config: { own: {}, knobs: [] }, configBase: base, recipe: {} };
  const file = resolve(base, path);
  if (!existsSync(file) || !statSync(file).isFile())
    throw new UsageError(
      `--config ${path} ${existsSync(file) ? 'is not a file' : `does not exist (looked in ${base})`}.`,
    );
  const { recipe, argv } = readConfig(readFileSync(file, 'utf8'), basename(file), schema);
  const config = inFile(basename(file), () => parseArguments(argv, deriveFlags(schema)));
  for (const name of ['config', 'help', 'version'] as const)
    if (config.own[name])
      throw new UsageError(`${basename(file)} holds ${name}, which only the command line may.`);
  return { config, configBase: dirname(file), recipe };
}

/** Says of a mistake in a config that it is there. */
function inFile<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`In ${name}: ${error.message}`);
    throw error;
  }
}

const sourcePath = ['source', 'type'] as const;

function chooseSource(recipe: LooseRecipe, inputs: Inputs | null, config: string | null): void {
  const type = getAt(recipe, sourcePath);
  if (inputs === null) {
    if (type === 'folder' || type === 'files' || type === 'links')
      throw new UsageError(
        `${config === null ? `--source ${type}` : `The recipe in ${config}`} reads ${type === 'folder' ? 'a folder' : type}: say which with --input PATH${config === null ? '' : ' (or input: PATH in the config)'}.`,
      );
    setAt(recipe, sourcePath, type ?? 'sample');
    return;
  }
  if (inputs.paths.length + inputs.links.length === 0)
    throw new UsageError(
      `--input ${inputs.folders.join(', ')} holds no files. Choose a folder that holds images.`,
    );
  // A recipe saved in the page says folder or files by how they were picked there: here --input decides.
  if (type !== undefined && type !== 'folder' && type !== 'files' && type !== 'links' && type !== 'bucket')
    throw new UsageError(
      `The source is ${JSON.stringify(type)}, which reads no --input. Leave one of them out.`,
    );
  setAt(recipe, sourcePath, inputs.source);
  // A list is the only table that is read for labels then, so --label_column means its.
  const column = getAt(recipe, ['labels', 'column']);
  if (inputs.source === 'links' && column !== undefined && getAt(recipe, listLabels) === undefined)
    setAt(recipe, listLabels, column);
}

const listLabels = ['source', 'links', 'label_column'] as const;

/** @throws UsageError when a bucket is one of several inputs. */
function readBucketInput(given: readonly string[]): Job['bucket'] {
  const address = given.find(isBucketAddress);
  if (address === undefined) return null;
  if (given.length > 1) {
    const others = list(given.filter((other) => other !== address));
    throw new UsageError(
      `--input names a bucket (${redactUrl(address)}) and ${others}. A bucket is listed by itself: leave the others out.`,
    );
  }
  return splitAddress(address);
}

function chooseBucket(recipe: LooseRecipe, { url, provider }: SplitAddress): void {
  const type = getAt(recipe, sourcePath);
  if (type !== undefined && !['folder', 'files', 'links', 'bucket'].includes(String(type)))
    throw new UsageError(
      `The source is ${JSON.stringify(type)}, which reads no --input. Leave one of them out.`,
    );
  setAt(recipe, sourcePath, 'bucket');
  setAt(recipe, ['source', 'bucket', 'url'], url);
  const told = getAt(recipe, bucketProvider) ?? 'auto';
  if (told === 'auto' && provider !== null) setAt(recipe, bucketProvider, provider);
}

const bucketProvider = ['source', 'bucket', 'provider'] as const;

const formatsPath = ['output', 'formats'] as const;

function chooseOutput(recipe: LooseRecipe, { file, shown }: Destination, schema: RecipeSchema): void {
  setAt(recipe, ['output', 'target'], 'server');
  if (file === null) return;
  const formats = getAt(recipe, formatsPath);
  const others = Array.isArray(formats) ? formats.filter((format) => format !== file.format) : [];
  // A whole recipe of the page names its formats; the ending of an explicit --output is the later word.
  if (others.length > 0 && !isDefault(formats, schema))
    throw new UsageError(
      `--output ${shown} gives ${file.format} alone, and the formats are ${list((formats as unknown[]).map(String))}. For several, let --output be a folder or a .zip.`,
    );
  setAt(recipe, formatsPath, [file.format]);
  setAt(recipe, ['output', 'name'], file.stem);
}

function isDefault(formats: unknown, schema: RecipeSchema): boolean {
  return JSON.stringify(formats) === JSON.stringify(schema.properties?.output?.properties?.formats?.default);
}

function writesPictures(recipe: LooseRecipe, schema: RecipeSchema): boolean {
  const formats = getAt(recipe, formatsPath);
  const main = new Set(endingsOf(schema).map(({ format }) => format));
  return Array.isArray(formats) && formats.some((format) => !main.has(String(format)));
}

function readThroughNode(text: string | undefined): boolean {
  const through = readBoolean(text ?? 'false');
  if (through === null)
    throw new UsageError(`--through_node is ${JSON.stringify(text)}; expected True or False.`);
  return through;
}

function readWorkers(text: string | undefined): number | null {
  if (text === undefined) return null;
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64)
    throw new UsageError(`--workers is ${JSON.stringify(text)}; expected a whole number from 1 to 64.`);
  return workers;
}
