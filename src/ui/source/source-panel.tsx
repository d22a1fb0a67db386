import { FileImage, Folder, Plus, Sparkles, X } from 'lucide-react';
import { Fields } from '../form/fields';
import { sectionNamed } from '../form/sections';
import { count, counted, duration } from '../parts/format';
import { type SourceEntry, useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { LabelBars } from './label-bars';
import { addFiles, addFolder } from './pick';
import { SplitBar } from './split-bar';

/** The left panel: where images come from, what they are labelled, how they are split. */
export function SourcePanel() {
  const { entries, plan, planProblem } = useSources();
  const leftOut = plan ? plan.leftOut.hidden + plan.leftOut.notAnImage : 0;
  return (
    <>
      <section aria-label="Source">
        <h2>Source</h2>
        <ul className="sources">
          {entries.map((entry) => (
            <SourceItem key={entry.id} entry={entry} />
          ))}
        </ul>
        <div className="row">
          <button type="button" className="link" onClick={addFolder}>
            <Plus size={14} aria-hidden="true" />
            Folder
          </button>
          <button type="button" className="link" onClick={addFiles}>
            <Plus size={14} aria-hidden="true" />
            Files
          </button>
        </div>
        {leftOut > 0 && plan ? (
          <p className="note">
            Left out: {counted(plan.leftOut.hidden, 'hidden file')}, {count(plan.leftOut.notAnImage)} not
            images.
          </p>
        ) : null}
        {planProblem ? <p className="note bad">{planProblem}</p> : null}
      </section>
      <section aria-label="Labels">
        <h2>Labels</h2>
        <Fields fields={sectionNamed('labels').fields} />
        {plan ? <LabelBars plan={plan} /> : null}
      </section>
      <section aria-label="Split">
        <h2>Split</h2>
        {plan && plan.images.length > 0 ? <SplitBar plan={plan} /> : null}
        <Fields fields={[...sectionNamed('split').fields, ...sectionNamed('').fields]} />
      </section>
    </>
  );
}

const icons = { folder: Folder, files: FileImage, sample: Sparkles } as const;

function SourceItem({ entry }: { readonly entry: SourceEntry }) {
  const remove = useSources((state) => state.remove);
  const notify = useView((state) => state.notify);
  const Icon = icons[entry.kind];
  return (
    <li className="source">
      <Icon size={16} aria-hidden="true" />
      <span className="source-name">
        <span title={entry.name}>{entry.name}</span>
        <small className={entry.state === 'failed' ? 'bad' : ''}>{describe(entry)}</small>
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

function describe({ kind, state, message, seconds }: SourceEntry): string {
  if (state === 'failed') return message ?? 'could not be read';
  if (state === 'listing') return 'looking…';
  const what = { folder: 'folder', files: 'files', sample: 'drawn by code' }[kind];
  return `${what} · listed in ${duration(seconds)}`;
}
