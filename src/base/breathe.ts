/** Paces work on the page's thread, which must answer a person within 50 ms. */
export interface Breath {
  /** True once the work since the last breath has taken its slice. */
  due(): boolean;
  /** Lets the thread do something else, then begins the next slice. Throws the signal's reason when it aborted. */
  take(): Promise<void>;
}

/**
 * Milliseconds of work between two breaths. Larger makes scrolling stutter on a machine a few times slower than
 * this one; smaller spends the time on changing tasks.
 */
const sliceMs = 10;

/**
 * When the thread's slice of work ends. It belongs to the thread, not to one loop: ten loops one behind the other would
 * otherwise each take a slice within the same task. After a rest it lies in the past, and the first breath comes early.
 */
let sliceEnd = 0;

/** Gives a loop its {@link Breath}. */
export function startBreath(signal?: AbortSignal): Breath {
  return {
    due: () => performance.now() >= sliceEnd,
    async take() {
      signal?.throwIfAborted();
      await nextTask();
      sliceEnd = performance.now() + sliceMs;
      signal?.throwIfAborted();
    },
  };
}

/** Calls `work` for every item in order, with breaths between. */
export async function forEachBreathing<Item>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const breath = startBreath(signal);
  let index = 0;
  for (const item of items) {
    work(item, index++);
    if ((index & clockMask) === 0 && breath.due()) await breath.take();
  }
}

/** Maps every item in order, with breaths between. */
export async function mapBreathing<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => Result,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  await forEachBreathing(items, (item, index) => results.push(work(item, index)), signal);
  return results;
}

/** Gives the items in order, as `toSorted` does (stable), with breaths between: a merge sort over short sorted runs. */
export async function sortBreathing<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  signal?: AbortSignal,
): Promise<Item[]> {
  const breath = startBreath(signal);
  let from: Item[] = [];
  for (let start = 0; start < items.length; start += runLength) {
    for (const item of items.slice(start, start + runLength).sort(compare)) from.push(item);
    if (breath.due()) await breath.take();
  }
  let to = new Array<Item>(from.length);
  for (let width = runLength; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takeLeft = right >= end || (left < middle && compare(from[left], from[right]) <= 0);
        to[at] = takeLeft ? from[left++] : from[right++];
        if ((at & clockMask) === 0 && breath.due()) await breath.take();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Items between two looks at the clock, less one: a look costs about as much as a comparison of two paths. */
const clockMask = 63;

/** Items that the engine's own sort takes at once: a few milliseconds at most, even for long paths. */
const runLength = 1024;

/** Resolves in a new task. A timeout would wait 4 ms each time; `scheduler` is missing in Node and Safari. */
function nextTask(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?(): Promise<void> } }; // not in TypeScript's DOM yet
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
