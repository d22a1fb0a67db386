import * as Comlink from 'comlink';
import { RunError, type RunErrorCode } from '../core/failure';

/** A worker's methods as the page calls them: every result is a promise. */
export type Remote<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** Opens a worker's door: called once in a worker file, with its methods. */
export function expose(api: object): void {
  carryRunErrors();
  Comlink.expose(api);
}

/** Calls into a worker. A call to a worker that has died never settles: `run/pool.ts` sees to that. */
export function connect<Api>(worker: Worker): Remote<Api> {
  carryRunErrors();
  // Comlink's own Remote type also wraps properties and constructors, which our doors do not have.
  return Comlink.wrap(worker) as unknown as Remote<Api>;
}

/** Marks buffers, bitmaps or frames inside `value` to be moved instead of copied. */
export function moved<T extends object>(value: T, transferables: readonly Transferable[]): T {
  return Comlink.transfer(value, [...transferables]);
}

/** The buffers that views lie in, each once, as {@link moved} wants them. */
export function buffersOf(views: Iterable<ArrayBufferView | null>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) if (view !== null && view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  return [...buffers];
}

interface ThrownHandler {
  canHandle(value: unknown): value is unknown;
  serialize(value: {
    value: unknown;
  }): [{ isError: boolean; value: Record<string, unknown> }, Transferable[]];
  deserialize(value: { isError: boolean; value: Record<string, unknown> }): never;
}

let carrying = false;

/** Error classes do not survive `postMessage`: a RunError travels with its code and is one again on arrival. */
function carryRunErrors(): void {
  if (carrying) return;
  carrying = true;
  // Comlink types its handlers by what they handle, and exports no type for this one.
  const original = Comlink.transferHandlers.get('throw') as unknown as ThrownHandler;
  const handler: ThrownHandler = {
    canHandle: original.canHandle,
    serialize(thrown) {
      const [data, transferables] = original.serialize(thrown);
      if (thrown.value instanceof RunError) data.value.code = thrown.value.code;
      return [data, transferables];
    },
    deserialize(data) {
      const { name, code, message } = data.value;
      if (data.isError && name === 'RunError') throw new RunError(code as RunErrorCode, String(message));
      return original.deserialize(data);
    },
  };
  Comlink.transferHandlers.set('throw', handler as unknown as Comlink.TransferHandler<unknown, unknown>);
}
