import type { Browser, CDPSession } from 'playwright-core';

/** A page of Chromium that is spoken to in the DevTools protocol. */
export interface Tab {
  /** The value of an expression, JSON and awaited. Throws an Error with what the page threw, or a {@link TabLost}. */
  evaluate<T>(expression: string): Promise<T>;
  /** Sets the files of the page's one file input. */
  setFiles(paths: readonly string[]): Promise<void>;
}

/** The tab is gone, or its browser: no later call will be answered either. */
export class TabLost extends Error {
  override readonly name = 'TabLost';
}

/**
 * Opens an address in a page that Playwright itself is not attached to. It would watch the page's network, and be told
 * every byte that the page sends to our server: measured, that made a run three times slower.
 */
export async function openTab(browser: Browser, address: string): Promise<Tab> {
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send('Target.createTarget', { url: address });
  const send = await attach(browser, session, targetId);
  await send('Inspector.enable'); // tells of a crash
  return {
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = (await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })) as Evaluated;
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value as T; // the caller knows what its own expression gives
    },
    async setFiles(paths) {
      const { root } = (await send('DOM.getDocument')) as { root: { nodeId: number } };
      const { nodeId } = (await send('DOM.querySelector', {
        nodeId: root.nodeId,
        selector: 'input[type=file]',
      })) as { nodeId: number };
      await send('DOM.setFileInputFiles', { nodeId, files: paths });
    },
  };
}

/** What the protocol answers to `Runtime.evaluate`, as far as it is read here. */
interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

type Send = (method: string, params?: object) => Promise<unknown>;

/** A message from the tab: the answer to a call, or an event. */
interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
}

async function attach(browser: Browser, session: CDPSession, targetId: string): Promise<Send> {
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(reason: Error): void }>();
  let lost: TabLost | null = null;
  const lose = (why: string) => {
    lost ??= new TabLost(why);
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  browser.on('disconnected', () => lose('its process ended'));
  session.on('Target.detachedFromTarget', (event) => {
    if (event.sessionId === sessionId) lose('its page was closed');
  });
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return;
    const message = JSON.parse(event.message) as Message; // the browser's own protocol
    if (message.method === 'Inspector.targetCrashed') return lose('its page crashed or ran out of memory');
    const call = message.id === undefined ? undefined : waiting.get(message.id);
    if (message.id === undefined || call === undefined) return;
    waiting.delete(message.id);
    if (message.error) call.reject(new Error(message.error.message));
    else call.resolve(message.result);
  });
  let calls = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      if (lost !== null) return reject(lost);
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params });
      session.send('Target.sendMessageToTarget', { sessionId, message }).catch((error: unknown) => {
        waiting.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
}
