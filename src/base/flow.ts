/** What {@link orderedMap} weighs beside the number of items, so that a few huge items do not fill memory. */
export interface FlowLimit<Item, Result = unknown> {
  /** Most items held at once: started and not yet taken by the consumer. */
  readonly width: number;
  /** The weight of an item, in bytes, known before its work starts. Missing means every item weighs nothing. */
  readonly weigh?: (item: Item) => number;
  /** What an item weighs once its work is done, in bytes; by default what it weighed before. */
  readonly weighResult?: (result: Result) => number;
  /** Most weight held at once, in bytes; one item alone is always let in. */
  readonly budget?: number;
}

/**
 * Maps `items` through `work` concurrently and yields the results in the order of the items.
 *
 * Work starts only while fewer than `limit.width` items (and less than `limit.budget` bytes) are held: a slow
 * consumer slows the work, and nothing is queued without bound. A finished result does not wait for the next
 * item to arrive. When the consumer stops early, or one work rejects, the source is closed and the other works
 * are waited for.
 */
export async function* orderedMap<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: FlowLimit<Item, Result>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const budget = limit.budget ?? Number.POSITIVE_INFINITY;
  const held: { readonly result: Promise<Result>; weight: number }[] = [];
  let heldWeight = 0;
  let arriving: Promise<IteratorResult<Item>> | null = null;
  let waiting: { readonly item: Item; readonly weight: number } | null = null;
  let ended = false;
  try {
    while (true) {
      if (
        waiting !== null &&
        (held.length === 0 || (held.length < limit.width && heldWeight + waiting.weight <= budget))
      ) {
        const result = work(waiting.item);
        result.catch(() => undefined); // it is reported when its turn comes; until then it is not unhandled
        const entry = { result, weight: waiting.weight };
        held.push(entry);
        const { weighResult } = limit;
        if (weighResult !== undefined) {
          const reweigh = (value: Result) => {
            const weight = weighResult(value);
            if (held.includes(entry)) heldWeight += weight - entry.weight;
            entry.weight = weight;
          };
          result.then(reweigh, () => undefined);
        }
        heldWeight += waiting.weight;
        waiting = null;
      }
      if (waiting === null && !ended && held.length < limit.width) {
        arriving ??= Promise.resolve(source.next());
        const next: IteratorResult<Item> | 'result is ready' =
          held.length > 0
            ? await Promise.race([arriving, held[0].result.then(() => 'result is ready' as const)])
            : await arriving;
        if (next !== 'result is ready') {
          arriving = null;
          if (next.done) ended = true;
          else waiting = { item: next.value, weight: limit.weigh?.(next.value) ?? 0 };
          continue;
        }
      }
      const first = held[0];
      if (first === undefined) return;
      const value = await first.result;
      held.shift();
      heldWeight -= first.weight;
      yield value;
    }
  } finally {
    await Promise.allSettled(held.map((entry) => entry.result));
    if (!ended) await source.return?.();
  }
}

/** A gate that work waits at: open lets everything through, closed holds it until it opens or the signal aborts. */
export interface Gate {
  readonly isOpen: boolean;
  open(): void;
  close(): void;
  /** Resolves once the gate is open; rejects with the signal's reason when it aborts first. */
  pass(signal?: AbortSignal): Promise<void>;
}

/** Makes a {@link Gate}, open at first. */
export function createGate(): Gate {
  let opening: Deferred<void> | null = null;
  return {
    get isOpen() {
      return opening === null;
    },
    open() {
      opening?.resolve();
      opening = null;
    },
    close() {
      opening ??= deferred<void>();
    },
    async pass(signal) {
      signal?.throwIfAborted();
      if (opening === null) return;
      await untilAborted(opening.promise, signal);
    },
  };
}

/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
export async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const aborted = deferred<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A promise with its two ends. Node 20 has no `Promise.withResolvers`. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Makes a {@link Deferred}. */
export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
