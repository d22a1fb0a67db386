import { chromium } from '@playwright/test';
import { openTab, type Tab } from '../../src/cli/tab';

/** A page in which links are fetched and nothing is done with what comes. */
export interface FetchAlone {
  /** Milliseconds until all are there. */
  fetch(links: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens a {@link FetchAlone} in a Chromium of its own: what a browser can do with `fetch()` in a worker at best, over its six
 * connections to a host of HTTP/1.1. Nothing of ours runs in it.
 * @param origin Of the links, in whose name the page is opened.
 */
export async function openFetchAlone(executablePath: string, origin: string): Promise<FetchAlone> {
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  const tab = await openTab(browser, `${origin}/`);
  return {
    async fetch(links) {
      await untilAt(tab, origin);
      return tab.evaluate<number>(`(${inWorker})(${JSON.stringify(worker)}, ${JSON.stringify(links)})`);
    },
    close: () => browser.close(),
  };
}

async function untilAt(tab: Tab, origin: string): Promise<void> {
  // Between two documents there is nothing to ask.
  while (
    (await tab.evaluate<string>('document.readyState + " " + origin').catch(() => '')) !==
    `complete ${origin}`
  );
}

const inWorker = `(code, links) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([code])));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(links);
})`;

/** More in flight than there are connections, so that none is ever without a request. */
const worker = `onmessage = async ({ data: links }) => {
  let next = 0;
  const began = performance.now();
  const fetchOn = async () => {
    while (next < links.length) {
      const response = await fetch(links[next++], { cache: 'no-store', credentials: 'omit' });
      if (!response.ok) throw new Error(String(response.status));
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 24 }, fetchOn));
  postMessage(performance.now() - began);
};
addEventListener('unhandledrejection', ({ reason }) => setTimeout(() => { throw reason; }));`;
