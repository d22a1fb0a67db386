import { RotateCcw } from 'lucide-react';
import { bytes, counted, moment } from '../parts/format';
import { isBusy, useRun } from '../state/run-store';

/** Offers to go on with runs that a reload, a crash or a cancel stopped. */
export function ResumeBanner() {
  const { saved, run, snapshot, resume, forget } = useRun();
  const busy = isBusy({ snapshot });
  const stopped = (saved ?? []).filter(
    ({ state, id }) => state === 'unfinished' && !(busy && run?.id === id),
  );
  if (stopped.length === 0 || busy) return null;
  return (
    <section className="resume" aria-label="Unfinished runs">
      {stopped.slice(0, 3).map((each) => (
        <div className="resume-run" key={each.id}>
          <RotateCcw size={16} aria-hidden="true" />
          <p>
            <b>
              A run of {counted(each.shards, 'shard')} stopped after {each.shardsDone}.
            </b>{' '}
            {each.sourceName || 'Images'}, begun {moment(each.startedMs)}; {counted(each.images, 'image')}{' '}
            done
            {each.stagedBytes > 0 ? `, ${bytes(each.stagedBytes)} kept in the browser` : ''}.
          </p>
          <button type="button" className="button primary" onClick={() => resume(each)}>
            Resume
          </button>
          <button type="button" className="button" onClick={() => forget(each)}>
            Delete
          </button>
        </div>
      ))}
    </section>
  );
}
