import '../styles/problems.css';
import { CircleCheck, Download, RotateCw } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { type FailureCode, failureLabels, type KeyedFailure } from '../../core/failure';
import { failuresCsv } from '../../run/failures-csv';
import { count, counted } from '../parts/format';
import { saveText } from '../parts/save-text';
import { useRecipe } from '../state/recipe-store';
import { isBusy, useRun } from '../state/run-store';
import { useSources } from '../state/source-store';
import { ReasonFiles } from './reason-files';
import { type Noted, useNotes, useProblems, useSkipped } from './use-problems';

const FreshLinks = lazy(() => import('./fresh-links').then((m) => ({ default: m.FreshLinks })));
const ClosedPlaces = lazy(() => import('./closed-places').then((m) => ({ default: m.ClosedPlaces })));

/** What each reason means and the way out. */
const advice: Readonly<Record<ReasonName, string>> = {
  damaged:
    'Part of the picture is lost. A run skips these unless Damaged images under Decode says keep; better, copy or download them again.',
  empty: 'The file holds no bytes. Copy it again from where it came from.',
  'not-an-image':
    'The content is not a picture, whatever the name says. Often an error page that a downloader saved.',
  truncated: 'The file ends before the picture does. Copy or download it again.',
  corrupt: 'The picture’s data is damaged. Restore it from a copy.',
  unsupported: 'This format cannot be read here yet. Convert it to PNG or JPEG.',
  'too-large':
    'Larger than the recipe’s limits, which the message names. Raise the limit under Decode if you trust the file.',
  permission: 'The browser may no longer read the file. Add the folder again, then retry.',
  gone: 'The file was there when the folder was listed, and is not now. Put it back, then retry.',
  changed: 'The file changed after it was listed. Add the folder again, then run or retry.',
  timeout: 'It took longer than the deadline. Raise Deadline under Decode, then retry.',
  crash: 'The decoder stopped on this file; a new one took over. Convert the file with another program.',
  expired: 'Signed links are good for a while only. Make fresh links for the same images, then retry.',
  forbidden:
    'The server knows the image and does not hand it out with this link. Make the object public, or sign the link again.',
  missing: 'The server has nothing at this address. Look at the spelling, or take the link out of the list.',
  cors: 'The server answers, but does not allow pages of this origin to read. Add this origin to the CORS rules of the bucket.',
  'mixed-content': 'A page that came by https may not load by http. Use the https address of the server.',
  offline: 'This computer has no network. Connect it, then retry.',
  unreachable: 'No server answers under this name. Look at the spelling, or try again later.',
  'server-error': 'The server failed, up to the last try. Retry later.',
  checksum: 'What came is not what the list says it should be. Fetch it again, or correct the list.',
  interrupted: 'The connection broke off, up to the last try. Retry.',
  label: 'No label was found for it. Look at Labels from at the left.',
  internal: 'A mistake of this page. Please report it with the message below.',
};

/** Failures grouped by reason, with the way out, and what is odd about images that can be used. */
export function ProblemsTab() {
  const problems = useProblems();
  const { damaged, misnamed } = useNotes();
  const skipped = useSkipped();
  const total = useSources((state) => state.plan?.images.length ?? 0);
  const policy = useRecipe((state) => state.recipe.decode.damaged);
  const { report, snapshot, retry } = useRun();
  const groups = useMemo(() => groupByReason(problems), [problems]);
  if (problems.length === 0 && damaged.length === 0 && misnamed.length === 0) {
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
  const fine = report ? report.metrics.images_processed : total - skipped;
  return (
    <div className="problems">
      <div className="problems-head">
        <h2>{skipped > 0 ? `${counted(skipped, 'image')} cannot be used` : 'Every image can be used'}</h2>
        <span className="soft">
          {report
            ? problems.length > 0
              ? `the other ${count(fine)} are fine`
              : null
            : snapshot
              ? 'so far in this run'
              : 'of those looked at so far'}
        </span>
        <span className="grow" />
        <button
          type="button"
          className="button"
          disabled={problems.length === 0}
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
      {groups.map(({ reason, failures }) => (
        <Reason
          key={reason}
          heading={reason === 'expired' ? expiredHeading(failures) : headings[reason]}
          advice={advice[reason]}
          files={failures}
          below={
            reason === 'cors' ? (
              <Suspense fallback={null}>
                <ClosedPlaces failures={failures} />
              </Suspense>
            ) : null
          }
        >
          {reason === 'damaged' ? <KeepDamaged /> : null}
          <Suspense fallback={null}>
            {reason === 'expired' || reason === 'forbidden' ? <FreshLinks /> : null}
          </Suspense>
        </Reason>
      ))}
      {damaged.length > 0 ? (
        <Reason
          heading={headings.damaged}
          advice={report ? keptAdvice : policy === 'keep' ? willKeepAdvice : advice.damaged}
          files={damaged}
        >
          {report || policy === 'keep' ? null : <KeepDamaged />}
        </Reason>
      ) : null}
      {misnamed.length > 0 ? (
        <Reason
          heading="Another format than the name says"
          advice="A note, not a failure: files are read by their bytes. Rename them if other programs are to open them."
          files={misnamed}
        />
      ) : null}
    </div>
  );
}

interface ReasonProps {
  readonly heading: string;
  readonly advice: string;
  readonly files: readonly Noted[];
  readonly children?: ReactNode;
  /** Between the advice and the files. */
  readonly below?: ReactNode;
}

/** One reason: how many, what it means and the way out, and which. */
function Reason({ heading, advice, files, children, below }: ReasonProps) {
  return (
    <section className="reason" aria-label={heading}>
      <header>
        <h3>{heading}</h3>
        <span className="soft">{counted(files.length, 'image')}</span>
        <span className="grow" />
        {children}
      </header>
      <p className="reason-advice">{advice}</p>
      {below}
      <ReasonFiles failures={files} />
    </section>
  );
}

/** The way out for damaged images: the recipe keeps what can be recovered. */
function KeepDamaged() {
  const { recipe, set } = useRecipe();
  if (recipe.decode.damaged === 'keep') return <span className="soft">the next run keeps them</span>;
  return (
    <button type="button" className="button small" onClick={() => set(['decode', 'damaged'], 'keep')}>
      Keep damaged images
    </button>
  );
}

type ReasonName = FailureCode | 'damaged';

const headings: Readonly<Record<ReasonName, string>> = {
  ...failureLabels,
  damaged: 'Damaged, partly recoverable',
};

const keptAdvice =
  'The run kept what could be recovered of them; the rest is the background’s colour. The column damaged names them.';
const willKeepAdvice =
  'A run keeps what can be recovered of them, the rest in the background’s colour, and fills the column damaged.';

/** `312 links expired at 14:02`, the last of them, by what their failures tell. */
function expiredHeading(failures: readonly KeyedFailure[]): string {
  const ends = failures.flatMap(({ message }) => {
    const [, day, time] = /expired on (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(message) ?? [];
    return day === undefined ? [] : [Date.parse(`${day}T${time}Z`)];
  });
  const links = counted(failures.length, 'link');
  if (ends.length === 0) return `${links} expired`;
  const last = ends.reduce((a, b) => Math.max(a, b));
  return `${links} expired at ${new Date(last).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })}`;
}

function groupByReason(problems: readonly KeyedFailure[]) {
  const groups = new Map<ReasonName, KeyedFailure[]>();
  for (const problem of problems) {
    const reason = problem.recoverable ? 'damaged' : problem.code;
    const group = groups.get(reason);
    if (group) group.push(problem);
    else groups.set(reason, [problem]);
  }
  return [...groups]
    .map(([reason, failures]) => ({ reason, failures }))
    .sort((a, b) => b.failures.length - a.failures.length);
}
