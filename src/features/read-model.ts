import { hex } from '../base/checksum';
import { megabytes, RunError } from '../core/failure';
import { checkWeightBytes, type ModelJson, readModelJson, weightPaths } from '../core/model-json';
import type { InstalledModel, ModelManifest } from '../core/model-manifest';

/** Where a model's files lie: beside the page, in the browser's storage, or in a folder that was picked. */
export interface ModelFiles {
  /** The file's bytes, or null when it is not there. */
  read(path: string): Promise<ArrayBuffer | null>;
}

/** A model's files with what is known of them. */
export interface ModelSourceFiles {
  readonly manifest: ModelManifest;
  readonly files: ModelFiles;
  /** What the files must be; null for a folder that was picked, of which nothing is known. */
  readonly listed: InstalledModel['files'] | null;
}

/** A model as it lies in its files, whole and checked. */
export interface ReadModel {
  readonly model: ModelJson;
  /** The files of weights in their order. */
  readonly weights: readonly ArrayBuffer[];
}

/** Most bytes of weights: a 32-bit WebAssembly memory must hold them beside what flows between the layers. */
const mostWeightBytes = 1.5e9;

/**
 * Reads a model's files and holds them to their list and to `model.json`.
 * @throws RunError `features` naming the file that is missing, is not what was installed, or does not hold its weights.
 */
export async function readModel({ manifest, files, listed }: ModelSourceFiles): Promise<ReadModel> {
  const known = new Map(listed?.map((file) => [file.path, file]));
  const read = async (path: string): Promise<ArrayBuffer> => {
    const bytes = await files.read(path);
    if (bytes === null)
      throw new RunError(
        'features',
        `The file ${path} of the model ${manifest.label} is missing. Install the model again.`,
      );
    const expected = known.get(path);
    if (listed !== null && (expected === undefined || (await sha256(bytes)) !== expected.sha256))
      throw new RunError(
        'features',
        `The file ${path} of the model ${manifest.label} is not the one that was installed: its SHA-256 differs. Install the model again.`,
      );
    return bytes;
  };
  const model = readModelJson(new TextDecoder().decode(await read('model.json')));
  const claimed = listed?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  if (claimed > mostWeightBytes) throw tooLarge(manifest, claimed);
  const weights: ArrayBuffer[] = [];
  const sizes = new Map<string, number>();
  let total = 0;
  for (const path of weightPaths(model)) {
    const bytes = await read(path);
    total += bytes.byteLength;
    if (total > mostWeightBytes) throw tooLarge(manifest, total);
    weights.push(bytes);
    sizes.set(path, bytes.byteLength);
  }
  checkWeightBytes(model, (path) => sizes.get(path) ?? null);
  return { model, weights };
}

const tooLarge = ({ label }: ModelManifest, bytes: number) =>
  new RunError(
    'features',
    `The model ${label} has ${megabytes(bytes)} of weights; ${megabytes(mostWeightBytes)} is the most that a page can run. Choose a smaller model.`,
  );

async function sha256(bytes: ArrayBuffer): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
