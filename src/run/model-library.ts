import type { InstalledModel, ModelManifest } from '../core/model-manifest';
import { knownModels } from '../core/model-manifests';
import { findModel, type ModelPlace, removeStored } from '../features/find-model';
import type { ModelDoor } from '../workers/model.worker';
import { connectLone } from './lone-worker';

/** A known model, and whether it can be used here. */
export interface LibraryModel {
  readonly manifest: ModelManifest;
  /** Null when it is not installed. */
  readonly place: ModelPlace | null;
  /** Of its files; null when it is not installed. */
  readonly bytes: number | null;
}

/** How far a download is with the file that is on its way. */
export interface DownloadProgress {
  readonly bytes: number;
  readonly total: number | null;
}

/** Every known model with what is here of it. */
export function listModels(): Promise<readonly LibraryModel[]> {
  return Promise.all(
    knownModels().map(async (manifest) => {
      const found = await findModel(manifest.id).catch(() => null); // one that cannot be read is to be had anew
      const bytes = found?.listed.reduce((sum, file) => sum + file.bytes, 0) ?? null;
      return { manifest, place: found?.place ?? null, bytes };
    }),
  );
}

/**
 * Downloads a model into this browser's storage. An aborted one keeps what came; the next goes on from there.
 * @param sources Addresses that stand for the manifest's own.
 * @throws RunError `features` in a sentence with the ways out; the signal's reason.
 */
export async function downloadModel(
  id: string,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
  sources?: ModelManifest['sources'],
): Promise<InstalledModel> {
  void navigator.storage.persist?.(); // so that the browser does not throw away what was dear to get
  return withWorker(signal, async (door) => {
    const timer = setInterval(async () => onProgress(await door.progress()), progressMs);
    try {
      return await door.download(id, sources);
    } finally {
      clearInterval(timer);
    }
  });
}

/** Often enough to be seen moving. */
const progressMs = 200;

/** Installs a model from a picked folder's files. @throws RunError `features` naming what is missing or does not fit. */
export function installModel(id: string, files: readonly File[]): Promise<InstalledModel> {
  const folder = files[0]?.webkitRelativePath.split('/')[0] || 'picked files';
  return withWorker(new AbortController().signal, (door) => door.install(id, files, folder));
}

/** Takes a model out of this browser's storage. */
export const removeModel = (id: string): Promise<void> => removeStored(id);

async function withWorker<T>(
  signal: AbortSignal,
  work: (door: ReturnType<typeof connectLone<ModelDoor>>) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('../workers/model.worker.ts', import.meta.url), {
    type: 'module',
    name: 'model',
  });
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([
      work(connectLone<ModelDoor>(worker, 'The worker that installs models')),
      aborted,
    ]);
  } finally {
    worker.terminate();
  }
}
