import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { convertKeras } from '../core/convert-keras';
import { readKerasWeights } from '../core/keras-h5';
import { readModelJson, weightPaths } from '../core/model-json';
import type { InstalledModel, ModelManifest, ModelSource } from '../core/model-manifest';
import { topologies } from '../core/topologies/topologies';
import { download, type OnBytes } from './download';
import { hashFile, installModel, type ModelParts } from './model-folder';

/** Whom an installation tells how it goes. */
export interface Telling {
  say(line: string): void;
  onBytes: OnBytes;
}

/**
 * Installs a model from where its manifest says that it is to be had, trying one address after the other.
 * @throws Error with what each address came to.
 */
export async function getModel(
  models: string,
  manifest: ModelManifest,
  telling: Telling,
): Promise<InstalledModel> {
  const problems: string[] = [];
  for (const source of manifest.sources) {
    telling.say(`${manifest.id}: from ${source.url}, about ${source.megabytes} MB`);
    try {
      return await fromAddress(models, manifest, source, telling);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `${problems.join('\n') || `${manifest.label} is at no public address.`}\nWith the files on this computer: npm run models -- get ${manifest.id} --from FOLDER`,
  );
}

/**
 * Installs a model from a folder, a `model.json`, an `.h5`, or an address of either.
 * @param from As it was given, relative to `cwd`.
 */
export async function getModelFrom(
  models: string,
  manifest: ModelManifest,
  from: string,
  cwd: string,
  telling: Telling,
): Promise<InstalledModel> {
  if (/^https?:\/\//i.test(from)) {
    const { pathname } = new URL(from);
    const url = /\.(json|h5|hdf5)$/i.test(pathname) ? from : from.replace(/\/?$/, '/model.json');
    const kind = /\.(h5|hdf5)$/i.test(pathname) ? 'keras-h5' : 'layers';
    const official = manifest.sources.find((source) => source.url === url);
    return fromAddress(models, manifest, official ?? { kind, url, megabytes: 1 }, telling);
  }
  const path = resolve(cwd, from);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`${path} is not there.`);
  const file = found.isDirectory() ? await modelFileIn(path) : path;
  return /\.json$/i.test(file)
    ? installModel(models, manifest, await layersIn(file))
    : convertFile(models, manifest, file, telling);
}

/** Converts weights that Keras wrote as HDF5, and installs them. */
async function convertFile(
  models: string,
  manifest: ModelManifest,
  file: string,
  { say }: Pick<Telling, 'say'>,
): Promise<InstalledModel> {
  if (manifest.topology === null || !(manifest.topology in topologies))
    throw new Error(`${manifest.label} has no drawing of its network into which weights could be put.`);
  const published = manifest.sources.find(({ kind }) => kind === 'keras-h5')?.md5;
  if (published !== undefined && (await hashFile(file, 'md5')) !== published)
    say(
      `${manifest.id}: ${basename(file)} is not the file that Keras publishes (MD5 ${published}); its weights are taken as they are.`,
    );
  const bytes = await readFile(file);
  const weights = await readKerasWeights(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const { json, shards } = convertKeras(weights, topologies[manifest.topology]());
  return installModel(models, manifest, { json, from: basename(file), weights: eachOf(shards()) });
}

async function fromAddress(
  models: string,
  manifest: ModelManifest,
  source: ModelSource,
  telling: Telling,
): Promise<InstalledModel> {
  const folder = join(models, '.partial', manifest.id, 'download');
  const name = decodeURIComponent(basename(new URL(source.url).pathname));
  const file = join(folder, name);
  await download(source.url, file, telling.onBytes);
  await checkPublished(source, file);
  if (source.kind === 'keras-h5') return convertFile(models, manifest, file, telling);
  const model = readModelJson(await readFile(file, 'utf8'));
  for (const path of weightPaths(model))
    if (!(await isFile(join(folder, path))))
      await download(new URL(path, source.url).href, join(folder, path), telling.onBytes);
  return installModel(models, manifest, { ...(await layersIn(file)), from: source.url });
}

/** Holds a download to the hash that its publisher tells; a file that is another is thrown away, so that the next try is not of it. */
async function checkPublished({ url, md5, sha256 }: ModelSource, file: string): Promise<void> {
  for (const [algorithm, expected] of [
    ['md5', md5],
    ['sha256', sha256],
  ] as const) {
    if (expected === undefined) continue;
    const found = await hashFile(file, algorithm);
    if (found === expected) continue;
    await rm(file, { force: true });
    throw new Error(
      `${url} gave a file whose ${algorithm.toUpperCase()} is ${found}, not the published ${expected}. It was deleted. Try again; if it is so again, something between here and there changes it.`,
    );
  }
}

async function modelFileIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  if (names.includes('model.json')) return join(folder, 'model.json');
  const weights = names.filter((name) => /\.(h5|hdf5)$/i.test(name));
  if (weights.length === 1) return join(folder, weights[0]);
  throw new Error(
    `${folder} holds ${weights.length === 0 ? 'neither model.json nor weights of Keras (.h5)' : `several files of weights (${weights.slice(0, 4).join(', ')}): name the one that is meant`}.`,
  );
}

async function layersIn(file: string): Promise<ModelParts> {
  const json = await readFile(file, 'utf8');
  const folder = dirname(file);
  return { json, from: folder, weights: read(folder, weightPaths(readModelJson(json))) };
}

async function* read(folder: string, paths: readonly string[]): ModelParts['weights'] {
  for (const path of paths) {
    const bytes = await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null; // told as a missing file when all are counted
      throw error;
    });
    if (bytes !== null) yield { path, bytes };
  }
}

async function* eachOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
