import { type Deferred, deferred } from '../base/flow';
import { connect, type Remote } from '../workers/rpc';

/** A worker died, or was ended, with this call in it. */
export class WorkerLost extends Error {
  readonly why: 'timeout' | 'crash' | 'disposed';
  constructor(why: 'timeout' | 'crash' | 'disposed', message: string) {
    super(message);
    this.why = why;
  }
}

/** Workers of one kind behind one door. */
export interface Pool<Api> {
  /**
   * Runs one call in the next free worker. A call over the deadline ends its worker, and a new one takes its place.
   * Rejects with {@link WorkerLost} when its worker died; other calls in that worker are lost with it (`crash`).
   */
  run<Result>(call: (worker: Remote<Api>) => Promise<Result>, deadlineMs: number): Promise<Result>;
  /** Starts all workers that the pool may have, so that the first calls find them ready. */
  warm(): void;
  /** True when no call is under way or waiting. */
  isIdle(): boolean;
  /** Ends all workers; calls under way and waiting are lost as `disposed`. */
  dispose(): void;
}

interface Member<Api> {
  readonly worker: Worker;
  readonly remote: Remote<Api>;
  readonly calls: Set<(lost: WorkerLost) => void>;
  /** Ends the worker when it fires: set while it is idle. */
  idle?: ReturnType<typeof setTimeout>;
}

interface PoolOptions {
  readonly size: number;
  /** Calls in one worker at a time: two keep it busy while a result is on its way to the page. */
  readonly callsPerWorker: number;
  readonly create: () => Worker;
  /** Milliseconds after which a worker without calls is ended; for ever by default. */
  readonly idleMs?: number;
}

/** Makes a {@link Pool}; workers start when they are first needed. */
export function createPool<Api>(options: PoolOptions): Pool<Api> {
  const members: Member<Api>[] = [];
  const waiting: { readonly place: Deferred<Member<Api>>; readonly lose: (lost: WorkerLost) => void }[] = [];
  let disposed = false;

  function addMember(): Member<Api> {
    const worker = options.create();
    const remote = connect<Api>(worker);
    const member: Member<Api> = {
      worker,
      remote,
      calls: new Set(),
    };
    worker.addEventListener('error', (event) => {
      event.preventDefault(); // it is reported as this call's failure, not as the page's error
      end(member, new WorkerLost('crash', event.message || 'The worker crashed.'));
    });
    members.push(member);
    rest(member);
    return member;
  }

  function rest(member: Member<Api>): void {
    clearTimeout(member.idle);
    if (options.idleMs === undefined || disposed) return;
    member.idle = setTimeout(() => end(member, new WorkerLost('disposed', 'It was idle.')), options.idleMs);
  }

  function end(member: Member<Api>, lost: WorkerLost): void {
    const at = members.indexOf(member);
    if (at < 0) return;
    members.splice(at, 1);
    clearTimeout(member.idle);
    member.worker.terminate();
    for (const lose of [...member.calls]) lose(lost);
    serve();
  }

  /** The least busy member with room, a new one while the pool is not full and none is idle. */
  function pick(): Member<Api> | null {
    const least = members.reduce<Member<Api> | null>(
      (best, member) => (best === null || member.calls.size < best.calls.size ? member : best),
      null,
    );
    if (least !== null && least.calls.size === 0) return least;
    if (members.length < options.size) return addMember();
    return least !== null && least.calls.size < options.callsPerWorker ? least : null;
  }

  function serve(): void {
    while (waiting.length > 0 && !disposed) {
      const member = pick();
      if (member === null) return;
      const next = waiting.shift();
      if (next === undefined) return;
      clearTimeout(member.idle);
      member.calls.add(next.lose); // takes the place before the waiter wakes
      next.place.resolve(member);
    }
  }

  return {
    async run(call, deadlineMs) {
      if (disposed) throw new WorkerLost('disposed', 'The run was stopped.');
      const place = deferred<Member<Api>>();
      const lost = deferred<never>();
      lost.promise.catch(() => undefined); // it is also lost when nobody waits for it any more
      const lose = (reason: WorkerLost) => lost.reject(reason);
      waiting.push({ place, lose });
      serve();
      const member = await place.promise;
      const timer = setTimeout(() => {
        lose(new WorkerLost('timeout', `It took longer than ${Math.round(deadlineMs / 1000)} s.`));
        member.calls.delete(lose);
        end(member, new WorkerLost('crash', 'Its worker was replaced because of another image.'));
      }, deadlineMs);
      try {
        return await Promise.race([call(member.remote), lost.promise]);
      } finally {
        clearTimeout(timer);
        member.calls.delete(lose);
        serve();
        if (member.calls.size === 0) rest(member);
      }
    },
    warm() {
      while (members.length < options.size && !disposed) addMember();
    },
    isIdle: () => waiting.length === 0 && members.every((member) => member.calls.size === 0),
    dispose() {
      disposed = true;
      const lost = new WorkerLost('disposed', 'The run was stopped.');
      for (const { place } of waiting.splice(0)) place.reject(lost);
      for (const member of [...members]) end(member, lost);
    },
  };
}
