import { useMemo, useSyncExternalStore } from 'react';
import type { KeyedFailure } from '../../core/failure';
import { failuresSeen, odditiesSeen, seenFailures, seenOddities, subscribeLooks } from '../images/thumbnails';
import { useRecipe } from '../state/recipe-store';
import { useRun } from '../state/run-store';
import { useSources } from '../state/source-store';

/** Every failure that is known: the report's, the run's so far, and what was seen while looking. */
export function useProblems(): readonly KeyedFailure[] {
  const seen = useSyncExternalStore(subscribeLooks, failuresSeen);
  const images = useSources((state) => state.plan?.images);
  const report = useRun((state) => state.report);
  const recent = useRun((state) => state.snapshot?.recentFailures);
  return useMemo(() => {
    if (report) return report.failures;
    const looked = seen > 0 && images ? seenFailures(images) : [];
    if (!recent || recent.length === 0) return looked;
    const told = new Set(recent.map(({ key }) => key));
    return [...recent, ...looked.filter(({ key }) => !told.has(key))];
  }, [report, recent, seen, images]);
}

/** An image with a sentence about it. */
export interface Noted {
  readonly key: string;
  readonly message: string;
}

/** Images that can be used though something is odd about them. */
export interface Notes {
  /** Damaged files that a run keeps, or would skip: see the recipe. */
  readonly damaged: readonly Noted[];
  /** Files whose names end in another format's ending, as far as they were looked at. */
  readonly misnamed: readonly Noted[];
}

/** What is known to be odd: the report's damaged images, and what was seen while looking. */
export function useNotes(): Notes {
  const seen = useSyncExternalStore(subscribeLooks, odditiesSeen);
  const images = useSources((state) => state.plan?.images);
  const report = useRun((state) => state.report);
  const problems = useProblems();
  return useMemo(() => {
    const told = new Set(problems.map(({ key }) => key));
    const looked = seen > 0 && images ? seenOddities(images).filter(({ key }) => !told.has(key)) : [];
    const noted = (what: 'damaged' | 'misnamed') =>
      looked.flatMap(({ key, [what]: message }) => (message === null ? [] : [{ key, message }]));
    return { damaged: report ? report.damaged : noted('damaged'), misnamed: noted('misnamed') };
  }, [seen, images, report, problems]);
}

/** How many images a run had to skip, or would as far as they were looked at. */
export function useSkipped(): number {
  const problems = useProblems();
  const { damaged } = useNotes();
  const report = useRun((state) => state.report);
  const skips = useRecipe((state) => state.recipe.decode.damaged === 'skip');
  return problems.length + (report === null && skips ? damaged.length : 0);
}
