import { useEffect, useState } from 'react';
import type { Plan } from '../../core/plan';
import { api, type Preflight } from '../api';
import { counted } from '../parts/format';
import { useRun } from '../state/run-store';

/** Before a run: how its links were read, which have ended, and whether it will outlast them. */
export function LinkNotes({ plan, notes }: { readonly plan: Plan; readonly notes: readonly string[] }) {
  const [seen, setSeen] = useState<Preflight | null>(null);
  const perSecond = useRun((state) => state.report?.imagesPerSecond) || usualPerSecond;
  useEffect(() => {
    const abort = new AbortController();
    api.preflight(plan.images, perSecond, Date.now(), abort.signal).then(setSeen, () => undefined); // only an abort rejects
    return () => abort.abort();
  }, [plan, perSecond]);
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="note">
          {note}
        </p>
      ))}
      {seen && seen.expired > 0 ? (
        <p className="note bad" role="alert">
          {counted(seen.expired, 'link')} {seen.expired === 1 ? 'has' : 'have'} expired. Make fresh ones, or
          run and paste them under Problems.
        </p>
      ) : null}
      {seen && seen.late > 0 ? (
        <p className="note bad" role="alert">
          The run will outlast {counted(seen.late, 'link')}, the first at {timeOf(seen.firstEnd ?? 0)}, at
          about {Math.round(perSecond)} images a second. Make links that are good for longer.
        </p>
      ) : null}
    </>
  );
}

/** Of links over a usual line, before any run told better. */
const usualPerSecond = 20;

/** The time of day, as people here write it. */
const timeOf = (ms: number) => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
