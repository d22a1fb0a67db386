import { Cloud, FileImage, Folder, Link, Plus, Sparkles, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { count, counted, duration } from '../parts/format';
import { type SourceEntry, useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { LabelsSection } from './labels-section';
import { addFiles, addFolder } from './pick';
import { SplitSection } from './split-section';

const LinksForm = lazy(() => import('./links-form').then((m) => ({ default: m.LinksForm })));
const LinkNotes = lazy(() => import('./link-notes').then((m) => ({ default: m.LinkNotes })));
const BucketForm = lazy(() => import('./bucket-form').then((m) => ({ default: m.BucketForm })));
const BucketTrouble = lazy(() => import('./bucket-trouble').then((m) => ({ default: m.BucketTrouble })));

/** The left panel: where images come from, what they are labelled, how they are split. */
export function SourcePanel() {
  const { entries, input, plan, planProblem } = useSources();
  const [asks, setAsks] = useState<'bucket' | 'links' | null>(null);
  const toggle = (form: 'bucket' | 'links') => setAsks(asks === form ? null : form);
  const notes = input?.listing.notes ?? [];
  return (
    <>
      <section aria-label="Source">
        <h2>Source</h2>
        {entries.length > 0 ? (
          <ul className="sources">
            {entries.map((entry) => (
              <SourceItem key={entry.id} entry={entry} />
            ))}
          </ul>
        ) : (
          <p className="note">No images yet. Drop a folder or files anywhere on this page.</p>
        )}
        <div className="row source-ways">
          <button type="button" className="link" onClick={addFolder}>
            <Plus size={14} aria-hidden="true" />
            Folder
          </button>
          <button type="button" className="link" onClick={addFiles}>
            <Plus size={14} aria-hidden="true" />
            Files
          </button>
          <button
            type="button"
            className="link"
            aria-expanded={asks === 'bucket'}
            onClick={() => toggle('bucket')}
          >
            <Plus size={14} aria-hidden="true" />
            Bucket
          </button>
          <button
            type="button"
            className="link"
            aria-expanded={asks === 'links'}
            onClick={() => toggle('links')}
          >
            <Plus size={14} aria-hidden="true" />
            Links
          </button>
        </div>
        <Suspense fallback={null}>
          {asks === 'bucket' ? <BucketForm done={() => setAsks(null)} /> : null}
          {asks === 'links' ? <LinksForm done={() => setAsks(null)} /> : null}
          {plan && entries.some(({ kind }) => kind === 'links') ? (
            <LinkNotes plan={plan} notes={notes} />
          ) : null}
        </Suspense>
        {plan ? <LeftOut {...plan.leftOut} /> : null}
        {planProblem ? (
          <p className="note bad" role="alert">
            {planProblem}
          </p>
        ) : null}
      </section>
      {entries.length > 0 ? (
        <>
          <LabelsSection plan={plan} />
          <SplitSection plan={plan} />
        </>
      ) : null}
    </>
  );
}

function LeftOut({ hidden, notAnImage }: { readonly hidden: number; readonly notAnImage: number }) {
  const parts = [
    hidden > 0 ? counted(hidden, 'hidden file') : null,
    notAnImage > 0 ? `${counted(notAnImage, 'file')} that ${notAnImage === 1 ? 'is' : 'are'} no image` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? <p className="note">Left out: {parts.join(' and ')}.</p> : null;
}

const icons = { folder: Folder, files: FileImage, links: Link, bucket: Cloud, sample: Sparkles } as const;

function SourceItem({ entry }: { readonly entry: SourceEntry }) {
  const remove = useSources((state) => state.remove);
  const notify = useView((state) => state.notify);
  const Icon = icons[entry.kind];
  return (
    <li className="source">
      <Icon size={16} aria-hidden="true" />
      <span className="source-name">
        <span title={entry.name}>{entry.name}</span>
        {entry.kind === 'bucket' && entry.message ? (
          <Suspense fallback={null}>
            <BucketTrouble message={entry.message} />
          </Suspense>
        ) : (
          <small className={entry.state === 'failed' ? 'bad' : ''}>{wordsOf(entry)}</small>
        )}
      </span>
      <span className="source-count">{count(entry.found)}</span>
      <button
        type="button"
        className="icon"
        onClick={() => notify(`${entry.name} removed.`, { undo: remove(entry.id) })}
      >
        <X size={14} aria-hidden="true" />
        <span className="hidden">Remove {entry.name}</span>
      </button>
    </li>
  );
}

function wordsOf({ kind, state, message, seconds }: SourceEntry): string {
  if (state === 'failed') return message ?? 'could not be read';
  if (state === 'listing') return 'looking…';
  const what = { folder: 'folder', files: 'files', links: 'links', bucket: 'bucket', sample: 'drawn' }[kind];
  return seconds < 0.05 ? what : `${what} · read in ${duration(seconds)}`;
}
