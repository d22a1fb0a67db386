import type Vips from 'wasm-vips';
import vipsUrl from 'wasm-vips/vips.wasm?url';
import jxlUrl from 'wasm-vips/vips-jxl.wasm?url';
import resvgUrl from 'wasm-vips/vips-resvg.wasm?url';
import { failed, type Outcome } from '../core/failure';
import { undecodable } from './damage';

/** libvips in WebAssembly, as wasm-vips gives it. */
export type VipsModule = typeof Vips;

/** Which of libvips' plug-ins a file needs beside libvips itself; each is a file of its own. */
export type VipsPlugin = 'none' | 'jxl' | 'resvg';

/** What goes wrong in the codec itself, for {@link withVips}'s `label` in messages. */
export interface VipsJob {
  /** The format's name for messages. */
  readonly label: string;
  readonly plugin: VipsPlugin;
}

/**
 * Runs `work` with libvips, which is loaded from our own origin at the first call in this worker. Images that `work` makes are
 * freed after it. What libvips refuses is a `corrupt` failure, memory that cannot be had is `too-large`. An instance that
 * aborted is thrown away with its memory and threads.
 *
 * Its memory grows to 2 GB at most: the ceiling that wasm-vips is built with.
 */
export async function withVips<T>(
  { label, plugin }: VipsJob,
  work: (vips: VipsModule) => Outcome<T>,
): Promise<Outcome<T>> {
  // Safari knows no COEP `credentialless`, and so isolates nothing here. `require-corp`, which it knows, would keep the doctor from
  // looking at other servers with `no-cors`, in every browser.
  if (!globalThis.crossOriginIsolated) {
    return failed(
      'decode',
      'unsupported',
      `The ${label} decoder needs threads, which this page's host does not allow. Serve the page with the headers of its _headers file (COOP and COEP).`,
    );
  }
  const instance = await instanceFor(plugin);
  const { vips, free } = instance;
  try {
    return work(vips);
  } catch (error) {
    const reason = reasonOf(error);
    const spent =
      instance.aborted || error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    if (spent) discard(plugin, instance);
    if (
      /out of memory|unable to (m|re)?alloc|alloc(ation)? fail|array length|could not allocate/i.test(reason)
    ) {
      return failed(
        'decode',
        'too-large',
        `There is no memory to decode this ${label}. Lower decode.max_megapixels, or scale the image down.`,
      );
    }
    return undecodable(label, reason);
  } finally {
    if (!instance.aborted) free();
  }
}

interface Instance {
  readonly vips: VipsModule;
  readonly threads: readonly Worker[];
  /** Frees every image made since the last call. */
  free(): void;
  aborted: boolean;
}

const instances = new Map<VipsPlugin, Promise<Instance>>();

function instanceFor(plugin: VipsPlugin): Promise<Instance> {
  let instance = instances.get(plugin);
  if (instance === undefined) {
    instance = start(plugin);
    instances.set(plugin, instance);
    instance.catch(() => instances.delete(plugin)); // a lost connection may come back
  }
  return instance;
}

function discard(plugin: VipsPlugin, { threads }: Instance): void {
  instances.delete(plugin);
  for (const thread of threads) thread.terminate();
}

const urls: Readonly<Record<string, string>> = {
  'vips.wasm': vipsUrl,
  'vips-jxl.wasm': jxlUrl,
  'vips-resvg.wasm': resvgUrl,
};

const libraries: Readonly<Record<VipsPlugin, readonly string[]>> = {
  none: [],
  jxl: ['vips-jxl.wasm'],
  resvg: ['vips-resvg.wasm'],
};

async function start(plugin: VipsPlugin): Promise<Instance> {
  const { default: load } = await import('wasm-vips');
  const threads: Worker[] = [];
  const state = { aborted: false };
  const options = {
    dynamicLibraries: [...libraries[plugin]],
    locateFile: (name: string) => urls[name] ?? name,
    // Asked for by the glue as our plug-in for the bundler leaves it.
    startThread() {
      const thread = new Worker(new URL('./vips-thread.ts', import.meta.url), {
        type: 'module',
        name: 'em-pthread',
      });
      threads.push(thread);
      return thread;
    },
    onAbort() {
      state.aborted = true;
    },
    // libtiff's and others' warnings; what matters arrives as an error.
    print: () => undefined,
    printErr: () => undefined,
  };
  const vips = await load(options);
  vips.Cache.max(0); // every image is decoded once
  // Several codec workers share the cores already.
  vips.concurrency(1);
  vips.operationBlock('VipsForeignLoad', true);
  for (const loader of loaders) vips.operationBlock(`VipsForeignLoad${loader}`, false);
  return Object.assign(state, { vips, threads, free: freeing(vips) });
}

/** Has embind queue each image that it hands out, and gives what frees the queue. */
function freeing(vips: VipsModule): () => void {
  // Emscripten exports both; they are missing from wasm-vips' types.
  const embind = vips as unknown as {
    setAutoDeleteLater(on: boolean): void;
    setDelayFunction(later: (flush: () => void) => void): void;
  };
  let flush = () => {};
  embind.setAutoDeleteLater(true);
  embind.setDelayFunction((queued) => {
    flush = queued;
  });
  return () => flush();
}

/** The only loaders that may run; each is called by its own name, so none is chosen by what a file claims to be. */
const loaders = ['Tiff', 'Jxl', 'Svg', 'Jpeg', 'Png', 'Webp'] as const;

/** What libvips says of an error: several lines, each once, without its own class name. */
function reasonOf(error: unknown): string {
  const message: unknown =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  const text = Array.isArray(message) ? String(message[message.length - 1]) : String(message);
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^unable to (call|write|load)/.test(line));
  return (
    [...new Set(lines)]
      .slice(0, 2)
      .join('; ')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, 200) || text.trim()
  );
}
