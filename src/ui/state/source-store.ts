import { create } from 'zustand';
import { carryDecisions, type Decision, type Decisions } from '../../core/decisions';
import type { Plan } from '../../core/plan';
import type { Grants } from '../../core/plugin';
import type { Recipe } from '../../core/recipe';
import { archiveEnding } from '../../sources/index';
import { api, type Listing } from '../api';
import { looseFiles, mergeSources, type RunInput } from '../source/merge';
import { defaultRecipe, useRecipe } from './recipe-store';

/** One place that images come from. */
export interface SourceEntry {
  readonly id: number;
  readonly kind: 'folder' | 'files' | 'links' | 'bucket' | 'sample';
  readonly name: string;
  readonly grants: Grants;
  /** The source's own knobs, where it has some. */
  readonly knobs?: unknown;
  readonly state: 'listing' | 'ready' | 'failed';
  /** Images found so far. */
  readonly found: number;
  readonly listing: Listing | null;
  /** Why listing failed. */
  readonly message: string | null;
  readonly seconds: number;
}

interface SourceState {
  readonly entries: readonly SourceEntry[];
  /** All ready sources together; null without any. */
  readonly input: RunInput | null;
  readonly plan: Plan | null;
  /** Why no plan could be made of the input. */
  readonly planProblem: string | null;
  /** Labels that the person decided on for images of the input that had none. */
  readonly decisions: Decisions;
  decide(made: readonly Decision[]): void;
  add(source: Pick<SourceEntry, 'kind' | 'name' | 'grants' | 'knobs'>): void;
  /** Lists the sources of links again, with fresh links in the place of those to the same paths. */
  refreshLinks(list: NonNullable<Grants['lists']>[number]): Promise<void>;
  /** Takes a source away; gives the way back. */
  remove(id: number): () => void;
}

let nextId = 1;
const aborts = new Map<number, AbortController>();

/** The sources on the page, and the plan that they and the recipe give. */
export const useSources = create<SourceState>()((set, get) => {
  const change = (id: number, values: Partial<SourceEntry>) => {
    const entries = get().entries.map((entry) => (entry.id === id ? { ...entry, ...values } : entry));
    set(values.state === undefined ? { entries } : { entries, input: combine(entries) });
  };
  const list = async (entry: SourceEntry) => {
    const abort = new AbortController();
    aborts.set(entry.id, abort);
    const began = performance.now();
    try {
      const recipe: Recipe = { ...defaultRecipe, source: sourceOf(entry.kind, entry.knobs) };
      const listing = await api.listImages(recipe, entry.grants, abort.signal, (found) =>
        change(entry.id, { found }),
      );
      const seconds = (performance.now() - began) / 1000;
      change(entry.id, { state: 'ready', listing, found: listing.images.length, seconds });
    } catch (error) {
      if (abort.signal.aborted) return;
      change(entry.id, { state: 'failed', message: messageOf(error) });
    } finally {
      aborts.delete(entry.id);
    }
  };
  return {
    entries: [],
    input: null,
    plan: null,
    planProblem: null,
    decisions: new Map(),
    decide(made) {
      const { input, decisions } = get();
      const next = new Map(decisions);
      for (const { ref, label } of made) {
        if (label === null) next.delete(ref.key);
        else next.set(ref.key, label);
      }
      set({ decisions: next });
      // What cannot be kept, in a private window without storage, still counts on this page.
      if (input) void api.saveDecisions(input.name, made).catch(() => undefined);
    },
    add(source) {
      const { entries } = get();
      const loose = source.kind === 'files' ? entries.find(({ kind }) => kind === 'files') : undefined;
      const files = [...(loose?.grants.files ?? []), ...(source.grants.files ?? [])];
      const entry: SourceEntry = {
        ...source,
        ...(source.kind === 'files' && { name: nameOfFiles(files), grants: { files } }),
        id: nextId++,
        state: 'listing',
        found: 0,
        listing: null,
        message: null,
        seconds: 0,
      };
      const kept = entries.filter(
        (other) => other !== loose && !(other.kind === 'sample' && source.kind === 'sample'),
      );
      set({ entries: [...kept, entry] });
      void list(entry);
    },
    async refreshLinks(fresh) {
      const stale = get().entries.filter(({ kind }) => kind === 'links');
      await Promise.all(
        stale.map((entry) => {
          const grants = { ...entry.grants, freshLists: [...(entry.grants.freshLists ?? []), fresh] };
          change(entry.id, { grants });
          return list({ ...entry, grants });
        }),
      );
    },
    remove(id) {
      const before = get().entries;
      aborts.get(id)?.abort();
      const entries = before.filter((entry) => entry.id !== id);
      set({ entries, input: combine(entries) });
      const removed = before.find((entry) => entry.id === id);
      return () => {
        if (removed === undefined) return;
        const back = [...get().entries, removed];
        set({ entries: back, input: combine(back) });
        if (removed.state === 'listing') void list(removed);
      };
    },
  };
});

/** A lone archive is known by its name, as a folder is. */
function nameOfFiles(files: NonNullable<Grants['files']>): string {
  const [only] = files;
  return files.length === 1 && only && archiveEnding.test(only.key) ? only.key : looseFiles;
}

function combine(entries: readonly SourceEntry[]): RunInput | null {
  return mergeSources(
    entries.flatMap(({ kind, name, grants, listing, knobs }) =>
      listing ? [{ kind, name, grants, listing, knobs }] : [],
    ),
  );
}

/** A recipe's source of a type, with its knobs where it has some. */
export function sourceOf(type: string, knobs: unknown): Recipe['source'] {
  return { ...defaultRecipe.source, type, ...(knobs !== undefined && { [type]: knobs }) };
}

interface Planned {
  readonly input: RunInput | null;
  readonly knobs: string;
  readonly decisions: Decisions;
}

/** Keeps the plan in step with sources and recipe, from now on. */
export function startPlanning(): void {
  let turn = 0;
  let planned: Planned = { input: null, knobs: '', decisions: new Map() };
  const plan = async () => {
    const { input, decisions } = useSources.getState();
    const { recipe } = useRecipe.getState();
    const knobs = planKnobs(recipe);
    if (planned.input === input && planned.knobs === knobs && planned.decisions === decisions) return;
    const before = planned;
    planned = { input, knobs, decisions };
    const mine = ++turn;
    if (before.input !== input) {
      const carried = carryDecisions(
        before.decisions,
        before.input?.listing.images ?? [],
        input?.listing.images ?? [],
      );
      planned = { input, knobs, decisions: carried };
      useSources.setState({ decisions: carried });
      if (input !== null) void recallDecisions(input);
    }
    if (input === null) {
      useSources.setState({ plan: null, planProblem: null });
      return;
    }
    try {
      const made = await api.makePlan(input.listing, recipe, planned.decisions);
      if (mine === turn) useSources.setState({ plan: made, planProblem: null });
    } catch (error) {
      if (mine === turn) useSources.setState({ planProblem: messageOf(error) });
    }
  };
  useSources.subscribe(() => void plan());
  useRecipe.subscribe(() => void plan());
}

/** Adds what was decided about these images at an earlier visit; what was decided on this page stands, and is kept too. */
async function recallDecisions(input: RunInput): Promise<void> {
  const { images } = input.listing;
  // Where there is no storage, as in some private windows, nothing was kept.
  const kept = await api.loadDecisions(input.name, images).catch(() => new Map<string, string>());
  const { input: current, decisions, decide } = useSources.getState();
  if (current !== input) return;
  if (kept.size > 0) useSources.setState({ decisions: new Map([...kept, ...decisions]) });
  if (decisions.size > 0)
    decide(
      images.flatMap((ref) =>
        decisions.has(ref.key) ? [{ ref, label: decisions.get(ref.key) ?? null }] : [],
      ),
    );
}

/** What of a recipe decides the plan. */
function planKnobs({ labels, split, seed, augment, output }: Recipe): string {
  const { enabled, copies, splits, balance } = augment;
  return JSON.stringify([
    labels,
    split,
    seed,
    enabled,
    copies,
    splits,
    balance,
    output.layout,
    output.shard_images,
  ]);
}

/** Says an error in its own words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
