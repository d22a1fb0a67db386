import { expose } from '../workers/rpc';

const door = {
  echo: (value: string) => value,
  hang: () => new Promise<string>(() => undefined),
  crash() {
    // Outside of the call, so that it is the worker's own error and not the call's.
    setTimeout(() => {
      throw new Error('out of memory');
    });
    return new Promise<string>(() => undefined);
  },
  refuse(): string {
    throw new Error('not this one');
  },
};

export type TestDoor = typeof door;

expose(door);
