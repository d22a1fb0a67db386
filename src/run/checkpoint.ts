import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { SavedDecision } from '../core/decisions';
import type { Grants } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { RunReport } from '../core/report';
import type { WrittenFile } from '../workers/job';
import type { EngineInfo } from './engine';
import type { Tally } from './meter';

/** One input as it was when the run was planned: key, bytes, modification time in milliseconds; null where a link does not say. */
export type InputPrint = readonly [key: string, bytes: number | null, modifiedMs: number | null];

/** A shard whose files are closed. */
export interface CommittedShard {
  readonly index: number;
  readonly files: readonly WrittenFile[];
  readonly tally: Tally;
}

/** Raised whenever {@link Checkpoint} changes its shape: what an older version remembered is then told apart, not misread. */
export const checkpointVersion = 3;

/** What a run needs to go on after a reload, a crash or a kill. */
export interface Checkpoint {
  readonly id: string;
  /** {@link checkpointVersion} of the one that saved it; the first version had none. */
  readonly version: number;
  readonly startedMs: number;
  readonly state: 'unfinished' | 'finished';
  readonly sourceName: string;
  readonly recipe: Recipe;
  /** What the run began to compute with: when it goes on, it does so with the same. */
  readonly engine: EngineInfo;
  /** sha256 of the recipe's canonical JSON. */
  readonly recipeHash: string;
  /** In plan order. */
  readonly inputs: readonly InputPrint[];
  readonly shards: number;
  readonly committed: readonly CommittedShard[];
  readonly log: readonly string[];
  /** Seconds that earlier sessions of the run took. */
  readonly elapsedSeconds: number;
  /** Handles that the browser can keep, and what a person decided; absent on the command line. */
  readonly grants?: Pick<Grants, 'folder' | 'output' | 'decisions'>;
  /** Files of the whole dataset, once the run is finished. */
  readonly companions?: readonly WrittenFile[];
  readonly report?: RunReport;
}

/** Where checkpoints are kept: IndexedDB for the page, a file beside the output for the command line. */
export interface CheckpointStore {
  /** Null when there is none, or none of this version. */
  load(id: string): Promise<Checkpoint | null>;
  /** Durable once it resolves. */
  save(checkpoint: Checkpoint): Promise<void>;
  remove(id: string): Promise<void>;
}

/** What another version of the product saved. */
export interface OutdatedCheckpoint {
  readonly id: string;
  readonly version?: number;
  readonly startedMs?: number;
  readonly sourceName?: string;
}

interface Schema extends DBSchema {
  runs: { key: string; value: Omit<Checkpoint, 'inputs'> };
  /** Inputs apart, since they are many and never change: written once, not at every shard. */
  inputs: { key: string; value: readonly InputPrint[] };
  /** What a person decided: one by one, since each is written when it is made. */
  decisions: { key: [source: string, key: string]; value: SavedDecision };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

/** Opens what the page keeps in IndexedDB. */
export function openPageStore(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('imagemill', 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('runs', { keyPath: 'id' });
        db.createObjectStore('inputs');
      }
      db.createObjectStore('decisions', { keyPath: ['source', 'key'] });
    },
    // Another tab with a newer page: let go, so that it need not wait.
    blocking: (_before, _wanted, event) => {
      opened = null;
      (event.target as IDBDatabase).close(); // the event's target by the specification
    },
    terminated: () => {
      opened = null;
    },
  });
  opened.catch(() => {
    opened = null; // the next call tries again
  });
  return opened;
}

/** The page's checkpoints. */
export interface PageCheckpoints extends CheckpointStore {
  /** Those of other versions have only what every version has. */
  list(): Promise<readonly (Omit<Checkpoint, 'inputs'> | OutdatedCheckpoint)[]>;
}

/** Opens the page's checkpoints in IndexedDB. */
export function pageCheckpoints(): PageCheckpoints {
  const written = new Map<string, readonly InputPrint[]>();
  return {
    async load(id) {
      const db = await openPageStore();
      const [run, inputs] = await Promise.all([db.get('runs', id), db.get('inputs', id)]);
      if (run?.version !== checkpointVersion || inputs === undefined) return null;
      written.set(id, inputs);
      return { ...run, inputs };
    },
    async save({ inputs, ...run }) {
      const transaction = (await openPageStore()).transaction(['runs', 'inputs'], 'readwrite', {
        durability: 'strict',
      });
      const writes: Promise<unknown>[] = [transaction.objectStore('runs').put(run)];
      if (written.get(run.id) !== inputs) writes.push(transaction.objectStore('inputs').put(inputs, run.id));
      await Promise.all([...writes, transaction.done]);
      written.set(run.id, inputs);
    },
    async remove(id) {
      const transaction = (await openPageStore()).transaction(['runs', 'inputs'], 'readwrite');
      await Promise.all([
        transaction.objectStore('runs').delete(id),
        transaction.objectStore('inputs').delete(id),
        transaction.done,
      ]);
    },
    async list() {
      return (await openPageStore()).getAll('runs');
    },
  };
}
