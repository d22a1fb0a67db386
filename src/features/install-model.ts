import { md5 as md5Of, sha256OfBlob } from '../base/checksum';
import { openSync } from '../base/sync-file';
import { convertKeras } from '../core/convert-keras';
import { RunError } from '../core/failure';
import { readKerasWeights } from '../core/keras-h5';
import { checkManifest, withInput } from '../core/model-check';
import { checkWeightBytes, declaredInput, readModelJson, weightPaths } from '../core/model-json';
import type { InstalledModel, ModelManifest, ModelSource } from '../core/model-manifest';
import { topologies } from '../core/topologies/topologies';

/** Who waits for an installation. */
export interface Waiting {
  readonly signal: AbortSignal;
  /** `total` is null where the server does not say. */
  onBytes(bytes: number, total: number | null): void;
}

/**
 * Downloads a model into this browser's storage, from the first of its addresses that gives it; in a worker only. What came of a
 * download that broke off is kept, and the next one goes on from there. The model counts as installed once all of it is
 * there and checked.
 * @throws RunError `features` with what each address came to.
 */
export async function downloadModel(manifest: ModelManifest, waiting: Waiting): Promise<InstalledModel> {
  const folder = await openFolder(manifest.id);
  const problems: string[] = [];
  for (const source of manifest.sources) {
    try {
      return await fromAddress(folder, manifest, source, waiting);
    } catch (error) {
      waiting.signal.throwIfAborted();
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new RunError(
    'features',
    `${problems.join(' ')} Install it beside the page with “npm run models -- get ${manifest.id}”, load it from a folder, or use the built-in descriptor, which needs no weights.`,
  );
}

/**
 * Installs a model from files that were picked: a `model.json` with its weights, or weights of Keras; in a worker only.
 * @throws RunError `features` naming what is missing or does not fit.
 */
export async function installFiles(
  manifest: ModelManifest,
  picked: readonly File[],
  from: string,
): Promise<InstalledModel> {
  const folder = await openFolder(manifest.id);
  const json = picked.find(({ name }) => name === 'model.json');
  if (json !== undefined) {
    const text = await json.text();
    const model = readModelJson(text);
    checkManifest(manifest, model);
    const byName = new Map(picked.map((file) => [file.name, file]));
    // Before what is installed gives way.
    checkWeightBytes(model, (path) => byName.get(path)?.size ?? null);
    await empty(folder);
    for (const path of weightPaths(model)) await write(folder, path, byName.get(path)!); // all are there
    return finish(folder, manifest, text, from);
  }
  const weights = picked.filter(({ name }) => /\.(h5|hdf5)$/i.test(name));
  if (weights.length !== 1)
    throw new RunError(
      'features',
      `The folder holds ${weights.length === 0 ? 'neither model.json nor weights of Keras (.h5)' : 'several files of weights'}. Choose the folder of one model.`,
    );
  return convert(folder, manifest, weights[0], from);
}

async function fromAddress(
  folder: FileSystemDirectoryHandle,
  manifest: ModelManifest,
  source: ModelSource,
  waiting: Waiting,
): Promise<InstalledModel> {
  await removeIfThere(folder, 'installed.json');
  const name = source.kind === 'keras-h5' ? 'source.h5' : 'model.json';
  const file = await fetchFile(folder, name, source.url, waiting);
  await checkPublished(folder, name, file, source);
  if (source.kind === 'keras-h5') return convert(folder, manifest, file, source.url);
  const text = await file.text();
  const model = readModelJson(text);
  checkManifest(manifest, model);
  for (const path of weightPaths(model))
    await fetchFile(folder, path, new URL(path, source.url).href, waiting);
  return finish(folder, manifest, text, source.url);
}

async function convert(
  folder: FileSystemDirectoryHandle,
  manifest: ModelManifest,
  file: File,
  from: string,
): Promise<InstalledModel> {
  if (manifest.topology === null || !(manifest.topology in topologies))
    throw new RunError('features', `${manifest.label} has no network into which weights could be put.`);
  const weights = await readKerasWeights(await file.arrayBuffer());
  const { json, shards } = convertKeras(weights, topologies[manifest.topology]());
  await empty(folder);
  for (const { path, bytes } of shards()) await write(folder, path, new Blob([bytes]));
  return finish(folder, manifest, json, from);
}

/** Checks what lies in the folder, and says that it is a model: up to then it counts as none. */
async function finish(
  folder: FileSystemDirectoryHandle,
  manifest: ModelManifest,
  json: string,
  from: string,
): Promise<InstalledModel> {
  const model = readModelJson(json);
  await write(folder, 'model.json', new Blob([json]));
  const files: InstalledModel['files'][number][] = [];
  for (const path of ['model.json', ...weightPaths(model)]) {
    const file = await (await folder.getFileHandle(path)).getFile();
    files.push({ path, bytes: file.size, sha256: await sha256OfBlob(file) });
  }
  checkWeightBytes(model, (path) => files.find((file) => file.path === path)?.bytes ?? null);
  const installed = { manifest: withInput(manifest, declaredInput(model)), from, files };
  await write(folder, 'installed.json', new Blob([JSON.stringify(installed)]));
  for await (const name of folder.keys()) if (name.endsWith(markEnding)) await folder.removeEntry(name);
  return installed;
}

async function checkPublished(
  folder: FileSystemDirectoryHandle,
  name: string,
  file: File,
  { url, md5, sha256 }: ModelSource,
): Promise<void> {
  const found = [
    md5 === undefined ? null : (['MD5', md5, await md5Of(new Uint8Array(await file.arrayBuffer()))] as const),
    sha256 === undefined ? null : (['SHA-256', sha256, await sha256OfBlob(file)] as const),
  ];
  for (const entry of found) {
    if (entry === null || entry[1] === entry[2]) continue;
    await removeIfThere(folder, name);
    await removeIfThere(folder, name + markEnding);
    throw new RunError(
      'features',
      `${url} gave a file whose ${entry[0]} is ${entry[2]}, not the published ${entry[1]}. It was deleted.`,
    );
  }
}

/** What is known of a file that is on its way: `done` when it is whole. */
interface Mark {
  readonly url: string;
  /** `Last-Modified`, which pages of any origin may read, as they may not an ETag. */
  readonly modified: string | null;
  readonly total: number | null;
  readonly done: boolean;
}

const markEnding = '.mark';

/** Fetches a file into the folder, going on where an earlier try broke off. */
async function fetchFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  url: string,
  waiting: Waiting,
): Promise<File> {
  const handle = await folder.getFileHandle(name, { create: true });
  for (let without = 0; ; ) {
    const before = (await handle.getFile()).size;
    try {
      await fetchRest(folder, handle, url, waiting);
      return await handle.getFile();
    } catch (error) {
      waiting.signal.throwIfAborted();
      if (error instanceof RunError) throw error;
      without = (await handle.getFile()).size > before ? 0 : without + 1;
      if (without >= triesWithoutBytes) throw unreachable(url, error);
    }
  }
}

/** Tries in a row that bring nothing. */
const triesWithoutBytes = 3;

async function fetchRest(
  folder: FileSystemDirectoryHandle,
  handle: FileSystemFileHandle,
  url: string,
  { signal, onBytes }: Waiting,
): Promise<void> {
  const mark = await readMark(folder, handle.name);
  let have = mark?.url === url ? (await handle.getFile()).size : 0;
  if (have > 0 && mark?.done === true) return;
  // No If-Range: it would have the browser ask the server first whether it may ask.
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, {
    headers,
    signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
  });
  const modified = response.headers.get('last-modified');
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const goesOn =
    response.status === 206 &&
    mark?.modified === modified &&
    (mark.total === null || !Number.isFinite(length) || have + length === mark.total);
  if (have > 0 && !goesOn && response.status !== 200) {
    // Another version, or nothing left to ask for: from the beginning.
    await response.body?.cancel();
    await writeMark(folder, handle.name, { url: '', modified: null, total: null, done: false });
    throw new Error(`the server answers ${response.status} to the rest`);
  }
  if (!goesOn && response.status !== 200) {
    await response.body?.cancel();
    throw new RunError('features', `${new URL(url).host} answers ${response.status} for ${url}.`);
  }
  if (!goesOn) have = 0;
  const total = Number.isFinite(length) ? have + length : null;
  await writeMark(folder, handle.name, { url, modified, total, done: false });
  const access = await openSync(handle);
  try {
    access.truncate(have);
    onBytes(have, total);
    const reader = response.body?.getReader();
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
      if (access.write(piece.value, { at: have }) !== piece.value.length) throw noRoom();
      have += piece.value.length;
      onBytes(have, total);
    }
    access.flush();
  } finally {
    access.close();
  }
  await writeMark(folder, handle.name, { url, modified, total, done: true });
}

async function readMark(folder: FileSystemDirectoryHandle, name: string): Promise<Mark | null> {
  try {
    const file = await (await folder.getFileHandle(name + markEnding)).getFile();
    return JSON.parse(await file.text()); // written by writeMark alone
  } catch {
    return null; // nothing to go on from
  }
}

const writeMark = (folder: FileSystemDirectoryHandle, name: string, mark: Mark) =>
  write(folder, name + markEnding, new Blob([JSON.stringify(mark)]));

const openFolder = async (id: string) =>
  (
    await (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true })
  ).getDirectoryHandle(id, { create: true });

async function empty(folder: FileSystemDirectoryHandle): Promise<void> {
  await removeIfThere(folder, 'installed.json'); // first: the rest is then no model
  for await (const name of folder.keys()) await folder.removeEntry(name);
}

async function removeIfThere(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(name).catch((error) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  });
}

async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  try {
    await writable.write(content);
    await writable.close();
  } catch (error) {
    throw error instanceof DOMException && error.name === 'QuotaExceededError' ? noRoom() : error;
  }
}

const noRoom = () =>
  new RunError(
    'features',
    `The browser's storage is full: the model finds no room. Remove another model or a saved run, or free space on the disk.`,
  );

function unreachable(url: string, error: unknown): RunError {
  const { host } = new URL(url);
  const offline = navigator.onLine === false;
  const why = error instanceof Error ? error.message : String(error);
  return new RunError(
    'features',
    offline
      ? `${host} cannot be reached: this computer is offline.`
      : `${host} cannot be reached from this page, or does not share its files with pages (CORS); the browser says no more than “${why}”.`,
  );
}
