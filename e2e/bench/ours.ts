import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Browser, openBrowser } from '../../src/cli/browser';
import { openOutputFolder } from '../../src/cli/output-folder';
import { createOutputServer } from '../../src/cli/output-server';
import { createSite, listen } from '../../src/cli/site';
import type { HeadlessJob } from '../../src/core/door';
import type { RunReport } from '../../src/core/report';

/** The built product in a warm browser, writing into a folder. */
export interface Ours {
  /** Hands the browser the pictures, as a run of others does by itself. */
  pick(pictures: readonly string[]): Promise<void>;
  /**
   * Runs the pictures to `images.npy` and resolves to the milliseconds from its start to the last committed file.
   * @throws ImagesFailed
   */
  run(pictures: readonly string[]): Promise<number>;
  /** Runs them to other formats, by a recipe with these parts beside, and gives the run's own report too. */
  report(
    pictures: readonly string[],
    formats: readonly string[],
    changes?: object,
  ): Promise<{ readonly ms: number; readonly report: RunReport }>;
  /** The same of links. */
  runLinks(links: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** Some of our images failed, so there is nothing to compare. */
export class ImagesFailed extends Error {
  override readonly name = 'ImagesFailed';
}

/** Opens the built page as the command line does. */
export async function openOurs(chromium: string, folder: string): Promise<Ours> {
  const output = await openOutputFolder(folder);
  const token = randomBytes(16).toString('hex');
  const site = createSite(fileURLToPath(new URL('../../dist/', import.meta.url)));
  const server = createOutputServer(site, output, token);
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const browser = await openBrowser(chromium, url, console.error);
  let picked: readonly string[] = [];
  const pick = async (pictures: readonly string[]) => {
    if (picked !== pictures) await browser.setFiles(pictures);
    picked = pictures;
  };
  const report: Ours['report'] = async (pictures, formats, changes = {}) => {
    await pick(pictures);
    return timed(browser, { keys: keysOf(pictures) }, formats, { url, token }, changes);
  };
  return {
    pick,
    report,
    run: async (pictures) => (await report(pictures, ['npy'])).ms,
    async runLinks(links) {
      return (await timed(browser, { keys: [], links }, ['npy'], { url, token }, {})).ms;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await output.close();
    },
  };
}

const keysOf = (pictures: readonly string[]) => pictures.map((path) => path.split('/').slice(-2).join('/'));

async function timed(
  browser: Browser,
  images: Pick<HeadlessJob, 'keys' | 'links'>,
  formats: readonly string[],
  server: { readonly url: string; readonly token: string },
  changes: object,
): Promise<{ readonly ms: number; readonly report: RunReport }> {
  const recipe = {
    source: { type: images.links === undefined ? 'folder' : 'links' },
    image: { width: 224, height: 224, fit: 'cover' },
    output: { formats, target: 'server' },
    ...changes,
  };
  const start = performance.now();
  const started = await browser.start({
    recipe,
    server,
    ...images,
    sourceName: 'bench',
    continuation: 'fresh',
  });
  if (!started.ok) throw new Error(started.message);
  const outcome = await browser.wait();
  const ms = performance.now() - start;
  if (!outcome.ok) throw new Error(outcome.message);
  const { failures } = outcome.report;
  if (failures.length > 0)
    throw new ImagesFailed(`${failures.length} of our images failed: ${failures[0].message}`);
  return { ms, report: outcome.report };
}
