import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { orderedMap } from '../../src/base/flow';
import { type Browser, BrowserLost, openBrowser } from '../../src/cli/browser';
import { createSite, listen } from '../../src/cli/site';
import type { Inspection } from '../../src/core/inspection';
import { memoryBelowMb } from '../fixtures/memory';
import { type Seen, wantsAsStored } from './judge';
import type { ManifestRow } from './manifest';

/** How files are looked at. */
export interface Look {
  readonly folder: string;
  readonly chromium: string;
  /** Seconds after which a decode counts as a hang: the recipe's deadline. */
  readonly timeoutS: number;
  /** Files decoded at a time. */
  readonly workers: number;
  /** Recipe knobs under which values come as stored, profiles unconverted; null when this build has none. */
  readonly asStored: Readonly<Record<string, unknown>> | null;
  say(line: string): void;
}

/** What was seen of every file, in the rows' order, and what it cost. */
export interface Sight {
  readonly seen: readonly Seen[];
  /** Most memory of the whole browser at any moment, in MB of PSS; null where it cannot be asked. */
  readonly memoryMb: number | null;
  readonly seconds: number;
}

/** The page's own deadline should strike first; past this long after it, the page itself hangs. */
const graceMs = 30_000;
const sampleEveryMs = 250;

/**
 * Decodes every file in the built page, as a run would. A browser that is lost or does not answer is replaced, and the
 * files that were in it are looked at again one by one, to tell which it was.
 */
export async function lookAtAll(rows: readonly ManifestRow[], look: Look): Promise<Sight> {
  const server = createServer(createSite(fileURLToPath(new URL('../../dist/', import.meta.url))));
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const start = performance.now();
  let memoryMb = memoryBelowMb();
  const timer = setInterval(() => {
    if (memoryMb !== null) memoryMb = Math.max(memoryMb, memoryBelowMb() ?? 0);
  }, sampleEveryMs);
  try {
    const seen = new Map<ManifestRow, Seen>();
    for (let left = rows; left.length > 0; left = rows.filter((row) => !seen.has(row))) {
      const suspects = await lookUntilLost(left, look.workers * 2, origin, look, seen);
      for (const suspect of suspects) await lookUntilLost([suspect], 1, origin, look, seen);
    }
    const seconds = (performance.now() - start) / 1000;
    return { seen: rows.map((row) => seen.get(row) ?? never(row)), memoryMb, seconds };
  } finally {
    clearInterval(timer);
    server.closeAllConnections();
    server.close();
  }
}

function never(row: ManifestRow): Seen {
  return { kind: 'lost', why: `${row.relpath} was not looked at.` };
}

/**
 * Looks at files in a browser of their own until it is through or lost, and notes what it saw. Resolves to the files
 * that were in a browser when it was lost; of one file alone it is the verdict.
 */
async function lookUntilLost(
  rows: readonly ManifestRow[],
  width: number,
  origin: string,
  look: Look,
  seen: Map<ManifestRow, Seen>,
): Promise<readonly ManifestRow[]> {
  const browser = await openBrowser(look.chromium, origin, look.say);
  const inside = new Set<ManifestRow>();
  try {
    await browser.setFiles(rows.map(({ relpath }) => resolve(join(look.folder, relpath))));
    const inspections = orderedMap(rows.entries(), { width }, async ([index, row]) => {
      inside.add(row);
      seen.set(row, await lookAt(browser, row, index, look));
      inside.delete(row);
    });
    let done = 0;
    for await (const _ of inspections) if (++done % 100 === 0) look.say(`${done} of ${rows.length} files`);
    return [];
  } catch (error) {
    if (!(error instanceof BrowserLost) && !(error instanceof NoAnswer)) throw error;
    look.say(`${error.message} It is replaced.`);
    if (rows.length > 1) return [...inside];
    seen.set(rows[0], { kind: error instanceof NoAnswer ? 'hung' : 'lost', why: error.message });
    return [];
  } finally {
    await browser.close();
  }
}

/** The page gave no answer long after its own deadline. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

async function lookAt(browser: Browser, row: ManifestRow, index: number, look: Look): Promise<Seen> {
  const inspect = async (decode: Readonly<Record<string, unknown>>): Promise<Inspection> => {
    const recipe = { decode: { timeout_s: look.timeoutS, ...decode } };
    const answer = browser.inspect({ recipe, index, key: row.relpath, workers: look.workers });
    answer.catch(() => undefined); // when the wait is over, nobody asks any more
    const waitMs = look.timeoutS * 2000 * (look.workers + 1) + graceMs; // others wait for a worker before it
    const result = await Promise.race([answer, delay(waitMs, null, { ref: false })]);
    if (result === null)
      throw new NoAnswer(`The page gave no answer about ${row.relpath} in ${waitMs / 1000} s.`);
    if (!result.ok) throw new Error(`${row.relpath}: ${result.message}`);
    return result.inspection;
  };
  const inspection = await inspect({});
  if (!wantsAsStored(row, inspection)) return { kind: 'answered', inspection, asStored: null };
  const asStored = look.asStored === null ? 'impossible' : await inspect(look.asStored);
  return { kind: 'answered', inspection, asStored };
}
