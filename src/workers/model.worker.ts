import type { InstalledModel, ModelManifest } from '../core/model-manifest';
import { knownModels } from '../core/model-manifests';
import { downloadModel, installFiles } from '../features/install-model';
import { expose } from './rpc';

let progress: { readonly bytes: number; readonly total: number | null } = { bytes: 0, total: null };

const door = {
  /** Downloads a model into this browser's storage; ends with the worker. `sources` stands for the manifest's own. */
  download(id: string, sources?: ModelManifest['sources']): Promise<InstalledModel> {
    const manifest = manifestOf(id);
    const { signal } = new AbortController(); // whoever wants no more of it ends the worker
    return downloadModel(sources ? { ...manifest, sources } : manifest, {
      signal,
      onBytes: (bytes, total) => {
        progress = { bytes, total };
      },
    });
  },

  /** How far the download's current file is. */
  progress: () => progress,

  /** Installs a model from the files of a folder that was picked. */
  install: (id: string, files: readonly File[], from: string): Promise<InstalledModel> =>
    installFiles(manifestOf(id), files, from),
};

export type ModelDoor = typeof door;

function manifestOf(id: string): ModelManifest {
  const manifest = knownModels().find((known) => known.id === id);
  if (manifest === undefined) throw new Error(`no model ${id}`);
  return manifest;
}

expose(door);
