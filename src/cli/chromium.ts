import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

/**
 * Finds a Chromium: the one that an environment variable names, Playwright's own, one on the PATH, or one in the
 * usual places of macOS and Windows. Null when there is none.
 * @throws Error when IMAGEMILL_CHROMIUM names no file: whoever sets it wants that one and no other.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const wanted = env.IMAGEMILL_CHROMIUM;
  if (wanted) {
    if (isFile(wanted)) return wanted;
    throw new Error(
      `IMAGEMILL_CHROMIUM is ${JSON.stringify(wanted)}, and there is no such file. Set it to Chromium's path, or unset it.`,
    );
  }
  const candidates = [
    env.CHROME_PATH,
    env.CHROMIUM_PATH,
    chromium.executablePath(),
    ...onPath(env),
    ...usualPlaces(env),
  ];
  return candidates.find((path) => path !== undefined && path !== '' && isFile(path)) ?? null;
}

/**
 * Finds a Chromium that starts, or installs one: through Playwright, else with Debian's packages where that is allowed.
 * @param say Told in a line what takes long.
 * @throws Error saying exactly what to do when there is none in the end, or when IMAGEMILL_CHROMIUM names none that starts.
 */
export function ensureChromium(say: (line: string) => void, env: NodeJS.ProcessEnv = process.env): string {
  const found = findChromium(env);
  if (found !== null && starts(found)) return found;
  // As with one that is not there: whoever names one wants no other, and nothing installed in its place.
  if (found !== null && found === env.IMAGEMILL_CHROMIUM)
    throw new Error(
      `IMAGEMILL_CHROMIUM is ${JSON.stringify(found)}, which does not start. Set it to Chromium's path, or unset it.`,
    );
  say(found === null ? 'No Chromium was found; installing one.' : `${found} does not start; installing one.`);
  installWithPlaywright();
  const own = chromium.executablePath();
  if (isFile(own) && starts(own)) return own;
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (mayInstall && run('apt-get', ['--version'], 'ignore')) {
    say('Playwright has no Chromium that starts here; trying `apt-get install chromium`.');
    run('apt-get', ['update'], 'stderr') && run('apt-get', ['install', '-y', 'chromium'], 'stderr');
    const packaged = onPath(env).find((path) => isFile(path) && starts(path));
    if (packaged !== undefined) return packaged;
  }
  throw new Error(
    [
      'Imagemill needs Chromium, and none could be found or installed. Do one of these and try again:',
      '  npx playwright install --with-deps chromium',
      '  sudo apt-get install chromium          (Debian; Ubuntu: chromium-browser)',
      '  export IMAGEMILL_CHROMIUM=/path/to/chrome',
    ].join('\n'),
  );
}

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
] as const;

function onPath(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') return [];
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return ['/Applications', join(env.HOME ?? '', 'Applications')].flatMap((folder) =>
      apps.map((app) => join(folder, `${app}.app`, 'Contents', 'MacOS', app)),
    );
  }
  if (process.platform !== 'win32') return [];
  return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((folder) =>
    folder === undefined
      ? []
      : [
          join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(folder, 'Chromium', 'Application', 'chrome.exe'),
          join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
        ],
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** A browser whose libraries are missing exists and does not start. On Windows `--version` would open a window. */
function starts(path: string): boolean {
  return process.platform === 'win32' || run(path, ['--version'], 'ignore');
}

/** Runs Playwright's installer through this very Node, so that nothing is looked up in a registry. */
function installWithPlaywright(): void {
  const manifest = createRequire(import.meta.url).resolve('playwright-core/package.json');
  run(
    process.execPath,
    [join(dirname(manifest), 'cli.js'), 'install', 'chromium'],
    'stderr',
    installTimeoutMs,
  );
}

/** About 180 MB come over the wire; a network that lets nothing through must not hold a test run for longer. */
const installTimeoutMs = 300_000;

function run(
  command: string,
  args: readonly string[],
  output: 'ignore' | 'stderr',
  timeout?: number,
): boolean {
  // Standard output belongs to whoever called the command line; an installer's words go to standard error.
  const stdio = output === 'ignore' ? 'ignore' : (['ignore', 2, 2] as const);
  const { status } = spawnSync(command, args, {
    stdio: stdio as never, // the types know no read-only tuple
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    ...(timeout !== undefined && { timeout }),
  });
  return status === 0;
}
