import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs Azure's emulator where it is missing, as both test runners do before their first test. It is a package of its own,
 * with a lock of its own: 374 packages and 190 MB would otherwise come with every `npm ci` of this project.
 * @throws Error when npm does not get it.
 */
export function setup(): void {
  if (existsSync(azuriteMain)) return;
  process.stderr.write('Installing azurite, which the tests of Azure Blob Storage use.\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is a script there
  });
  if (status !== 0 || !existsSync(azuriteMain)) {
    throw new Error(`azurite could not be installed: run npm ci in ${folder} and see what it says.`);
  }
}

const folder = join(import.meta.dirname, 'azurite');

/** The emulator of blobs alone. */
export const azuriteMain = join(folder, 'node_modules/azurite/dist/src/blob/main.js');
