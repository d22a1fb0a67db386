import { create } from 'zustand';
import type { Decision } from '../../core/decisions';
import type { ImageRef } from '../../core/image';
import { type Analysis, api, type ProposalWay } from '../api';
import { count } from '../parts/format';
import { type Candidate, candidatesOf, sharesOf } from '../review/candidates';
import type { RunInput } from '../source/merge';
import { useRecipe } from './recipe-store';
import { messageOf, useSources } from './source-store';
import { useView } from './view-store';

/** How labels are proposed: by the model's own classes, or from labels that are known. */
export type Way = 'classes' | ProposalWay;

/** What was proposed for images without a label. */
export interface Proposals {
  readonly way: Way;
  /** By key, the best first. */
  readonly of: ReadonlyMap<string, readonly Candidate[]>;
  /** Of known labels that are found when each is left out; null where the model's own classes are proposed. */
  readonly accuracy: number | null;
  /** Labels that it learnt from. */
  readonly learntFrom: number;
}

interface ReviewState {
  /** Id of the extractor. */
  readonly extractor: string;
  readonly way: Way;
  /** Images analysed so far, while an analysis goes on. */
  readonly progress: number | null;
  readonly analysis: Analysis | null;
  /** The images that all of this is about: those of another input begin anew. */
  readonly input: RunInput | null;
  readonly proposals: Proposals | null;
  readonly proposing: boolean;
  /** Keys of images whose proposals were refused. */
  readonly refused: ReadonlySet<string>;
  readonly problem: string | null;
  /** Forgets what is about other images than these. */
  keepFor(input: RunInput | null): void;
  choose(values: Partial<Pick<ReviewState, 'extractor' | 'way'>>): void;
  analyse(): Promise<void>;
  stop(): void;
  propose(): Promise<void>;
  /** Gives images their labels: one step, which can be undone. */
  accept(images: readonly { readonly ref: ImageRef; readonly label: string }[]): void;
  refuse(ref: ImageRef): void;
  undo(): void;
  /** What can be undone, the newest last. */
  readonly steps: readonly Step[];
}

/** What images were before a step: their labels, and whether their proposals had been refused. */
type Step = readonly (Decision & { readonly refused: boolean })[];

/** More labelled images than these make a probe no better and slow: its work grows with their third power. */
const mostLearnt = 1000;
const mostSteps = 200;

let abort: AbortController | null = null;

/** The review of proposed labels. */
export const useReview = create<ReviewState>()((set, get) => {
  /** Changes images and gives what they were. */
  const change = (to: Step): Step => {
    const { decisions, decide } = useSources.getState();
    const refused = new Set(get().refused);
    const before = to.map(({ ref }) => ({
      ref,
      label: decisions.get(ref.key) ?? null,
      refused: refused.has(ref.key),
    }));
    for (const { ref, refused: isRefused } of to) {
      if (isRefused) refused.add(ref.key);
      else refused.delete(ref.key);
    }
    decide(to);
    set({ refused });
    return before;
  };
  const step = (to: Step): Step => {
    const before = change(to);
    set({ steps: [...get().steps, before].slice(-mostSteps) });
    return before;
  };
  const takeBack = (before: Step | undefined) => {
    if (before === undefined || !get().steps.includes(before)) return;
    change(before);
    set({ steps: get().steps.filter((other) => other !== before) });
  };
  return {
    extractor: 'descriptor',
    way: 'probe',
    progress: null,
    analysis: null,
    input: null,
    proposals: null,
    proposing: false,
    refused: new Set(),
    problem: null,
    steps: [],
    keepFor(input) {
      if (get().input === input) return;
      abort?.abort();
      get().analysis?.dispose();
      set({
        input,
        analysis: null,
        proposals: null,
        progress: null,
        problem: null,
        refused: new Set(),
        steps: [],
      });
    },
    choose(values) {
      const changed = values.extractor !== undefined && values.extractor !== get().extractor;
      if (changed) {
        abort?.abort();
        get().analysis?.dispose();
      }
      set({ ...values, problem: null, ...(changed && { analysis: null, proposals: null, progress: null }) });
      if (get().analysis) void get().propose();
    },
    async analyse() {
      const { plan } = useSources.getState();
      const { recipe } = useRecipe.getState();
      if (plan === null || get().progress !== null) return;
      const mine = new AbortController();
      abort = mine;
      get().analysis?.dispose();
      set({ progress: 0, analysis: null, proposals: null, problem: null });
      try {
        const analysis = await api.analyse({
          plan,
          recipe,
          extractor: get().extractor,
          signal: mine.signal,
          onProgress: (progress) => {
            if (abort === mine) set({ progress });
          },
        });
        if (abort !== mine) return analysis.dispose();
        set({ analysis, progress: null });
        await get().propose();
      } catch (error) {
        if (abort !== mine) return;
        set({ progress: null, problem: mine.signal.aborted ? null : messageOf(error) });
      }
    },
    stop() {
      abort?.abort();
      set({ progress: null });
    },
    async propose() {
      const { analysis, way } = get();
      if (analysis === null) return;
      set({ proposing: true, problem: null });
      try {
        const proposals = await makeProposals(analysis, way);
        if (get().analysis === analysis && get().way === way) set({ proposals });
      } catch (error) {
        if (get().analysis === analysis) set({ proposals: null, problem: messageOf(error) });
      } finally {
        set({ proposing: false });
      }
    },
    accept(images) {
      const before = step(images.map(({ ref, label }) => ({ ref, label, refused: false })));
      if (images.length > 1)
        useView.getState().notify(`${count(images.length)} labels were accepted.`, {
          undo: () => takeBack(before),
        });
    },
    refuse(ref) {
      step([{ ref, label: null, refused: true }]);
    },
    undo() {
      takeBack(get().steps.at(-1));
    },
  };
});

async function makeProposals(analysis: Analysis, way: Way): Promise<Proposals> {
  const { plan, decisions } = useSources.getState();
  if (way === 'classes') {
    const of = new Map(analysis.keys.map((key, place) => [key, analysis.seen[place] ?? []]));
    return { way, of, accuracy: null, learntFrom: 0 };
  }
  const labels = new Map(plan?.images.map(({ ref, label }) => [ref.key, label]));
  for (const [key, label] of decisions) labels.set(key, label);
  const known = analysis.keys.flatMap((key, place) => {
    const label = labels.get(key) ?? null;
    return label === null ? [] : [{ place, label }];
  });
  const classNames = [...new Set(known.map(({ label }) => label))];
  if (classNames.length < 2) {
    const have =
      classNames.length === 0 ? 'no image has a label yet' : `all that have one are ${classNames[0]}`;
    throw new Error(
      `To learn from your labels takes images of two of them at least, and ${have}. Label a few below, or propose the model’s own classes.`,
    );
  }
  const some = sharesOf(known, ({ label }) => label, mostLearnt);
  const wanted = analysis.keys.flatMap((key, place) => ((labels.get(key) ?? null) === null ? [place] : []));
  const { scores, accuracy } = await analysis.propose(way, {
    at: some.map(({ place }) => place),
    classIds: some.map(({ label }) => classNames.indexOf(label)),
    classes: classNames.length,
    wanted,
  });
  const of = new Map(
    wanted.map((place, row) => [
      analysis.keys[place],
      candidatesOf(scores.subarray(row * classNames.length, (row + 1) * classNames.length), classNames),
    ]),
  );
  return { way, of, accuracy, learntFrom: some.length };
}
