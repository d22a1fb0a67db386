// Builds when dist/ is missing or older than what it is made of; silent when there is nothing to do.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const made = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'tsconfig.json',
  'package-lock.json',
  ...manifests(),
];

/** Builds when something changed since the last build. */
export async function ensureBuilt() {
  const stamp = statSync(join(root, 'dist/.stamp'), { throwIfNoEntry: false });
  if (stamp !== undefined && made.every((path) => newest(join(root, path)) <= stamp.mtimeMs)) return;
  process.stderr.write('Building …\n');
  await buildAll();
}

/** The manifests of models; what is installed beside them changes no build. */
function manifests() {
  return readdirSync(join(root, 'models'))
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => `models/${name}`);
}

/** The latest change below a path; a folder's own time tells of files that went. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path)
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureBuilt();
