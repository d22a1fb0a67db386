import { RunError } from '../core/failure';
import { type InstalledModel, installedModel, modelIndex } from '../core/model-manifest';
import type { ModelFiles, ModelSourceFiles } from './read-model';

/** Where a model that can be used lies. */
export type ModelPlace = 'browser' | 'site';

/** A model that can be used, with its files. */
export interface FoundModel extends ModelSourceFiles {
  readonly place: ModelPlace;
  readonly listed: InstalledModel['files'];
}

/**
 * Finds an installed model: in this browser's storage, else beside the page. Null when it is in neither.
 * @throws RunError `features` when what lies there is not what an installation leaves.
 */
export async function findModel(id: string): Promise<FoundModel | null> {
  const places: readonly (readonly [ModelPlace, ModelFiles])[] = [
    ['browser', await browserFiles(id)],
    ['site', siteFiles(id)],
  ];
  for (const [place, files] of places) {
    if (place === 'site' && !(await siteModels()).includes(id)) continue;
    const bytes = await files.read('installed.json');
    if (bytes === null) continue;
    const { manifest, files: listed } = readInstalled(id, bytes);
    return { place, manifest, files, listed };
  }
  return null;
}

/** Why a model cannot be used here, and what to do about it; null when it is installed. */
export async function whyMissing(id: string, label: string): Promise<string | null> {
  if ((await findModel(id)) !== null) return null;
  return `the weights of ${label} are not installed. Install them with “npm run models -- get ${id}”, download them in the page, or use the built-in descriptor, which needs none.`;
}

function readInstalled(id: string, bytes: ArrayBuffer): InstalledModel {
  let problem: string;
  try {
    const parsed = installedModel.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success && parsed.data.manifest.id === id) return parsed.data;
    problem = parsed.success
      ? `it is of ${parsed.data.manifest.id}`
      : `${parsed.error.issues[0].path.join('.')}: ${parsed.error.issues[0].message}`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new RunError(
    'features',
    `The installed model ${id} has an installed.json that cannot be read (${problem}). Install the model again.`,
  );
}

/** Ids of the models beside the page: asked for at once, since browsers complain of each file that is not there. */
async function siteModels(): Promise<readonly string[]> {
  const bytes = await readOwn('models/index.json');
  const text = bytes === null ? '{"models":[]}' : new TextDecoder().decode(bytes);
  return modelIndex.parse(JSON.parse(text)).models;
}

/** A file of the page's own origin, or null when it is not there. */
async function readOwn(path: string): Promise<ArrayBuffer | null> {
  const response = await fetch(import.meta.env.BASE_URL + path);
  // A server of one page answers with that page where there is no file.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  return response.ok && !isPage ? response.arrayBuffer() : null;
}

/** Files beside the page, which its own server hands out. */
function siteFiles(id: string): ModelFiles {
  return {
    read: (path) => readOwn(`models/${id}/${path.split('/').map(encodeURIComponent).join('/')}`),
  };
}

/** Files in the browser's own storage, where the page puts what it downloads. */
async function browserFiles(id: string): Promise<ModelFiles> {
  const folder = await storedModel(id);
  return {
    async read(path) {
      const handle = await folder?.getFileHandle(path).catch(ignoreMissing);
      return handle ? (await handle.getFile()).arrayBuffer() : null;
    },
  };
}

async function storedModel(id: string): Promise<FileSystemDirectoryHandle | null> {
  const root = await navigator.storage.getDirectory();
  const models = await root.getDirectoryHandle('models').catch(ignoreMissing);
  return (await models?.getDirectoryHandle(id).catch(ignoreMissing)) ?? null;
}

/** Takes a model out of the browser's own storage. */
export async function removeStored(id: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const models = await root.getDirectoryHandle('models').catch(ignoreMissing);
  await models?.removeEntry(id, { recursive: true }).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}
