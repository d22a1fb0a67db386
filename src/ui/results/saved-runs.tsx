import { Trash2 } from 'lucide-react';
import type { OutdatedRun, SavedRun } from '../api';
import { bytes, counted, moment } from '../parts/format';
import { isBusy, useRun } from '../state/run-store';

/** Runs that the browser keeps, with the space they take: open, resume, delete. */
export function SavedRuns() {
  const { saved, outdated, run, report, snapshot, open, resume } = useRun();
  const others = (saved ?? []).filter(
    ({ id }) => !(run?.id === id && (report !== null || isBusy({ snapshot }))),
  );
  if (others.length + outdated.length === 0) return null;
  const staged = [...others, ...outdated].reduce((sum, each) => sum + each.stagedBytes, 0);
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
            <DeleteButton run={each} />
          </li>
        ))}
        {outdated.map((each) => (
          <li key={each.id}>
            <span className="saved-name">{each.sourceName || 'Images'}</span>
            <span className="soft">
              {each.startedMs === null ? '' : `${moment(each.startedMs)} · `}by another version of Imagemill,
              which this one cannot open · {bytes(each.stagedBytes)}
            </span>
            <span className="grow" />
            <DeleteButton run={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DeleteButton({ run }: { readonly run: SavedRun | OutdatedRun }) {
  const { forget } = useRun();
  return (
    <button type="button" className="icon" onClick={() => forget(run)}>
      <Trash2 size={14} aria-hidden="true" />
      <span className="hidden">Delete the run of {run.sourceName || 'images'}</span>
    </button>
  );
}
