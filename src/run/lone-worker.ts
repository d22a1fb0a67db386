import { deferred } from '../base/flow';
import { RunError } from '../core/failure';
import { connect, type Remote } from '../workers/rpc';

/**
 * Calls into a worker that has no replacement, since it holds what a run has begun. When it dies, every call under way and to come
 * rejects with a RunError `worker` that opens with `what`; Comlink's own calls would wait for ever.
 */
export function connectLone<Api>(worker: Worker, what: string): Remote<Api> {
  const lost = deferred<never>();
  lost.promise.catch(() => undefined); // whoever calls hears of it; nobody may be calling
  worker.addEventListener('error', (event) => {
    event.preventDefault(); // it is the run's failure, not the page's error
    const why = event.message ? ` (${event.message})` : '';
    lost.reject(
      new RunError('worker', `${what} crashed${why}. Finished shards are kept: run again to go on.`),
    );
  });
  type Call = (...args: unknown[]) => Promise<unknown>;
  // A Remote's properties are all such calls; the compiler cannot see through a Proxy.
  return new Proxy(connect<Api>(worker) as object, {
    get:
      (calls, name): Call =>
      (...args) =>
        Promise.race([(calls as Record<PropertyKey, Call>)[name](...args), lost.promise]),
  }) as Remote<Api>;
}
