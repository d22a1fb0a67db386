import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkManifest, withInput } from '../core/model-check';
import { checkWeightBytes, declaredInput, readModelJson, weightPaths } from '../core/model-json';
import { type InstalledModel, installedModel, type ModelManifest } from '../core/model-manifest';

/** What a model is made of, on its way into the folder. */
export interface ModelParts {
  /** Text of `model.json`. */
  readonly json: string;
  /** Where it is from, for people. */
  readonly from: string;
  /** Gives each file of weights, one at a time. */
  readonly weights: AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }>;
}

/**
 * Installs a model under `models/<id>/`: the files are checked in a folder beside it, which takes its place when all is well.
 * @returns What was installed: its preprocessing is the files' own, where they tell one.
 * @throws RunError `features` naming what does not fit; then what was installed before is still there.
 */
export async function installModel(
  models: string,
  manifest: ModelManifest,
  parts: ModelParts,
): Promise<InstalledModel> {
  const model = readModelJson(parts.json);
  checkManifest(manifest, model);
  const staged = join(models, '.partial', manifest.id, 'staged');
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  const files: InstalledModel['files'][number][] = [];
  const put = async (path: string, bytes: Uint8Array) => {
    await writeFile(join(staged, path), bytes);
    files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  };
  const wanted = new Set(weightPaths(model));
  for await (const { path, bytes } of parts.weights) if (wanted.has(path)) await put(path, bytes);
  checkWeightBytes(model, (path) => files.find((file) => file.path === path)?.bytes ?? null);
  await put('model.json', Buffer.from(parts.json));
  const installed: InstalledModel = {
    manifest: withInput(manifest, declaredInput(model)),
    from: parts.from,
    files,
  };
  await writeFile(join(staged, 'installed.json'), `${JSON.stringify(installed, null, 2)}\n`);
  const folder = join(models, manifest.id);
  const old = join(models, '.partial', manifest.id, 'replaced');
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch(() => undefined); // the first has none before it
  await rename(staged, folder);
  await rm(join(models, '.partial', manifest.id), { recursive: true, force: true });
  await writeIndex(models);
  return installed;
}

/** Ids of the installed models, sorted. */
export async function installedIds(models: string): Promise<readonly string[]> {
  const entries = await readdir(models, { withFileTypes: true }).catch(() => []);
  const ids: string[] = [];
  for (const entry of entries)
    if (entry.isDirectory() && (await readInstalled(models, entry.name)) !== null) ids.push(entry.name);
  return ids.sort();
}

/** What is installed under an id; null when nothing whole is. */
export async function readInstalled(models: string, id: string): Promise<InstalledModel | null> {
  try {
    return installedModel.parse(JSON.parse(await readFile(join(models, id, 'installed.json'), 'utf8')));
  } catch {
    return null; // not there, or not what an installation leaves: `get` makes it anew
  }
}

/** Says which files of an installed model are not what was installed: `missing` or `altered`. */
export async function findAltered(
  models: string,
  id: string,
  { files }: InstalledModel,
): Promise<readonly { readonly path: string; readonly what: 'missing' | 'altered' }[]> {
  const wrong: { path: string; what: 'missing' | 'altered' }[] = [];
  for (const { path, sha256 } of files) {
    const found = await hashFile(join(models, id, path), 'sha256').catch(() => null);
    if (found !== sha256) wrong.push({ path, what: found === null ? 'missing' : 'altered' });
  }
  return wrong;
}

/** Lower-case hex. Rejects with Node's error when the file cannot be read. */
export async function hashFile(path: string, algorithm: 'sha256' | 'md5'): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What the page reads to know which models lie beside it. */
async function writeIndex(models: string): Promise<void> {
  const text = `${JSON.stringify({ models: await installedIds(models) })}\n`;
  const fresh = join(models, '.partial.index.json');
  await writeFile(fresh, text);
  await rename(fresh, join(models, 'index.json'));
}
