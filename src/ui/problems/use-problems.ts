import { useMemo, useSyncExternalStore } from 'react';
import type { KeyedFailure } from '../../core/failure';
import { failuresSeen, seenFailures, subscribeLooks } from '../images/thumbnails';
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
