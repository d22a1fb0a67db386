import { Trash2 } from 'lucide-react';
import { bytes, counted, moment } from '../parts/format';
import { isBusy, useRun } from '../state/run-store';

/** Runs that the browser keeps, with the space they take: open, resume, delete. */
export function SavedRuns() {
  const { saved, run, report, snapshot, open, resume, forget } = useRun();
  const others = (saved ?? []).filter(
    ({ id }) => !(run?.id === id && (report !== null || isBusy({ snapshot }))),
  );
  if (others.length === 0) return null;
  const staged = others.reduce((sum, each) => sum + each.stagedBytes, 0);
  return (
    <section className="saved" aria-label="Runs kept in this browser">
      <h3>
        Runs kept in this browser <small>{bytes(staged)} of storage</small>
      </h3>
      <ul>
        {others.map((each) => (
          <li key={each.id}>
            <span className="saved-name">{each.sourceName || 'Images'}</span>
            <span className="soft">
              {moment(each.startedMs)} · {counted(each.images, 'image')} ·{' '}
              {each.state === 'finished' ? 'done' : `${each.shardsDone} of ${counted(each.shards, 'shard')}`}
              {each.failures > 0 ? ` · ${each.failures} skipped` : ''} · {bytes(each.stagedBytes)}
            </span>
            <span className="grow" />
            {each.state === 'finished' ? (
              <button
                type="button"
                className="button small"
                disabled={each.report === null}
                onClick={() => open(each)}
              >
                Open
              </button>
            ) : (
              <button type="button" className="button small" onClick={() => resume(each)}>
                Resume
              </button>
            )}
            <button type="button" className="icon" onClick={() => forget(each)}>
              <Trash2 size={14} aria-hidden="true" />
              <span className="hidden">Delete the run of {each.sourceName || 'images'}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
