import '../styles/problems.css';
import { CircleCheck, Download, RotateCw } from 'lucide-react';
import { useMemo } from 'react';
import { type FailureCode, failureLabels, type KeyedFailure } from '../../core/failure';
import { failuresCsv } from '../../run/failures-csv';
import { count, counted } from '../parts/format';
import { saveText } from '../parts/save-text';
import { isBusy, useRun } from '../state/run-store';
import { useSources } from '../state/source-store';
import { ReasonFiles } from './reason-files';
import { useProblems } from './use-problems';

/** What each reason means and the way out. */
const advice: Readonly<Record<FailureCode, string>> = {
  empty: 'The file holds no bytes. Copy it again from where it came from.',
  'not-an-image':
    'The content is not a picture, whatever the name says. Often an error page that a downloader saved.',
  truncated: 'The file ends before the picture does. Copy or download it again.',
  corrupt: 'The picture’s data is damaged. Restore it from a copy.',
  unsupported: 'This format cannot be read here yet. Convert it to PNG or JPEG.',
  'too-large':
    'Larger than the recipe’s limits. Raise Largest file or Largest image under Decode if you trust it.',
  permission: 'The browser may no longer read the file. Add the folder again, then retry.',
  gone: 'The file was there when the folder was listed, and is not now. Put it back, then retry.',
  changed: 'The file changed after it was listed. Add the folder again, then run or retry.',
  timeout: 'It took longer than the deadline. Raise Deadline under Decode, then retry.',
  crash: 'The decoder stopped on this file; a new one took over. Convert the file with another program.',
  label: 'No label was found for it. Look at Labels from at the left.',
  internal: 'A mistake of this page. Please report it with the message below.',
};

/** Failures grouped by reason, with the way out. */
export function ProblemsTab() {
  const problems = useProblems();
  const total = useSources((state) => state.plan?.images.length ?? 0);
  const { report, snapshot, retry } = useRun();
  const groups = useMemo(() => groupByCode(problems), [problems]);
  if (problems.length === 0) {
    return (
      <div className="nothing">
        <CircleCheck size={28} aria-hidden="true" className="ok" />
        <p>{report ? 'Every image could be used.' : 'No problem found so far.'}</p>
        {report ? null : (
          <p className="soft">A run looks at every image; those it must skip are named here.</p>
        )}
      </div>
    );
  }
  const fine = report ? report.metrics.images_processed : total - problems.length;
  return (
    <div className="problems">
      <div className="problems-head">
        <h2>{counted(problems.length, 'image')} cannot be used</h2>
        <span className="soft">
          {report
            ? `the other ${count(fine)} are fine`
            : snapshot
              ? 'so far in this run'
              : 'of those looked at so far'}
        </span>
        <span className="grow" />
        <button
          type="button"
          className="button"
          onClick={() => saveText('failures.csv', failuresCsv(problems), 'text/csv')}
        >
          <Download size={14} aria-hidden="true" />
          Save as CSV
        </button>
        {report ? (
          <button type="button" className="button" disabled={isBusy({ snapshot })} onClick={retry}>
            <RotateCw size={14} aria-hidden="true" />
            Retry failed
          </button>
        ) : null}
      </div>
      {groups.map(({ code, failures }) => (
        <section key={code} className="reason" aria-label={failureLabels[code]}>
          <header>
            <h3>{failureLabels[code]}</h3>
            <span className="soft">{counted(failures.length, 'image')}</span>
          </header>
          <p className="reason-advice">{advice[code]}</p>
          <ReasonFiles failures={failures} />
        </section>
      ))}
    </div>
  );
}

function groupByCode(problems: readonly KeyedFailure[]) {
  const groups = new Map<FailureCode, KeyedFailure[]>();
  for (const problem of problems) {
    const group = groups.get(problem.code);
    if (group) group.push(problem);
    else groups.set(problem.code, [problem]);
  }
  return [...groups]
    .map(([code, failures]) => ({ code, failures }))
    .sort((a, b) => b.failures.length - a.failures.length);
}
