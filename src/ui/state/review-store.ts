import { create } from 'zustand';
import { type Analysis, api, type ProposalWay } from '../api';
import { count } from '../parts/format';
import { type Candidate, candidatesOf, sharesOf } from '../review/candidates';
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
  readonly proposals: Proposals | null;
  readonly proposing: boolean;
  /** Keys of images whose proposals were refused. */
  readonly refused: ReadonlySet<string>;
  readonly problem: string | null;
  choose(values: Partial<Pick<ReviewState, 'extractor' | 'way'>>): void;
  analyse(): Promise<void>;
  stop(): void;
  propose(): Promise<void>;
  /** Gives images their labels; each is one step that can be undone. */
  accept(labels: readonly (readonly [key: string, label: string])[]): void;
  refuse(key: string): void;
  undo(): void;
  /** True when there is something to undo. */
  readonly steps: readonly Step[];
}

interface Step {
  readonly decisions: ReadonlyMap<string, string>;
  readonly refused: ReadonlySet<string>;
}

/** More labelled images than these make a probe no better and slow: its work grows with their third power. */
const mostLearnt = 1000;
const mostSteps = 200;

let abort: AbortController | null = null;

/** The review of proposed labels. */
export const useReview = create<ReviewState>()((set, get) => {
  const remember = (): readonly Step[] => {
    const { refused, steps } = get();
    return [...steps, { decisions: useSources.getState().decisions, refused }].slice(-mostSteps);
  };
  return {
    extractor: 'descriptor',
    way: 'probe',
    progress: null,
    analysis: null,
    proposals: null,
    proposing: false,
    refused: new Set(),
    problem: null,
    steps: [],
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
        set({ proposals: null, problem: messageOf(error) });
      } finally {
        set({ proposing: false });
      }
    },
    accept(labels) {
      const steps = remember();
      const { decisions, decide } = useSources.getState();
      const refused = new Set(get().refused);
      for (const [key] of labels) refused.delete(key);
      decide(new Map([...decisions, ...labels]));
      set({ steps, refused });
      if (labels.length > 1)
        useView.getState().notify(`${count(labels.length)} labels were accepted.`, { undo: get().undo });
    },
    refuse(key) {
      const steps = remember();
      const { decisions, decide } = useSources.getState();
      if (decisions.has(key)) decide(new Map([...decisions].filter(([other]) => other !== key)));
      set({ steps, refused: new Set([...get().refused, key]) });
    },
    undo() {
      const { steps } = get();
      const last = steps.at(-1);
      if (last === undefined) return;
      useSources.getState().decide(last.decisions);
      set({ refused: last.refused, steps: steps.slice(0, -1) });
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
