import { type Deferred, deferred } from './flow';

/** How many things may be under way at once. */
export interface SlotLimits {
  readonly perHost: number;
  readonly overall: number;
}

/** Hands out slots for requests: some for each host, some for all of them together. */
export interface HostSlots {
  /** Waits for a slot of `host`; gives what returns it. Rejects with the signal's reason when it aborts first. */
  take(host: string, signal?: AbortSignal): Promise<() => void>;
  /** Gives no slot of `host` before this moment of the slots' clock. */
  rest(host: string, untilMs: number): void;
}

/** The time, and something to happen after a while: injected, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls after so many milliseconds, unless what it returns is called before. */
  after(ms: number, call: () => void): () => void;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Makes {@link HostSlots}. Within a host the first to ask is the first served; between hosts they take turns, so that one
 * slow host holds its own slots and no others.
 */
export function createHostSlots(limits: SlotLimits, clock: Clock): HostSlots {
  const hosts = new Map<string, Host>();
  let busy = 0;
  const hostOf = (name: string) => {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = { busy: 0, waiting: [], restsUntil: 0, wake: null };
    hosts.set(name, host);
    return host;
  };

  function serve(): void {
    // A host that was served goes to the end, which is what makes them take turns.
    for (const [name, host] of [...hosts]) {
      if (busy >= limits.overall) return;
      if (host.waiting.length === 0) {
        if (host.busy === 0 && host.restsUntil <= clock.now()) hosts.delete(name);
        continue;
      }
      if (host.busy >= limits.perHost || isResting(host)) continue;
      host.busy++;
      busy++;
      host.waiting.shift()?.resolve();
      hosts.delete(name);
      hosts.set(name, host);
    }
    if (busy < limits.overall && [...hosts.values()].some(isServable)) serve();
  }

  function isResting(host: Host): boolean {
    const ms = host.restsUntil - clock.now();
    if (ms <= 0) return false;
    host.wake ??= clock.after(ms, () => {
      host.wake = null;
      serve();
    });
    return true;
  }

  const isServable = (host: Host) =>
    host.waiting.length > 0 && host.busy < limits.perHost && !isResting(host);

  return {
    async take(name, signal) {
      signal?.throwIfAborted();
      const place = deferred<void>();
      const host = hostOf(name);
      host.waiting.push(place);
      const leave = () => {
        const at = host.waiting.indexOf(place);
        if (at < 0) return; // it was served already
        host.waiting.splice(at, 1);
        place.reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      serve();
      try {
        await place.promise;
      } finally {
        signal?.removeEventListener('abort', leave);
      }
      let returned = false;
      return () => {
        if (returned) return;
        returned = true;
        host.busy--;
        busy--;
        serve();
      };
    },
    rest(name, untilMs) {
      const host = hostOf(name);
      host.restsUntil = Math.max(host.restsUntil, untilMs);
    },
  };
}

interface Host {
  busy: number;
  readonly waiting: Deferred<void>[];
  restsUntil: number;
  /** Cancels the call that ends the rest; null while none is due. */
  wake: (() => void) | null;
}
