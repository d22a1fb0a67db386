import { useId } from 'react';
import type { Plan } from '../../core/plan';
import { isShown } from '../form/derive';
import { FieldRow } from '../form/field-row';
import { Folded } from '../form/fields';
import { sectionNamed } from '../form/sections';
import { useRecipe } from '../state/recipe-store';
import { LabelBars } from './label-bars';

/** Where labels come from, beside the heading as it is turned most, and how many images each has. */
export function LabelsSection({ plan }: { readonly plan: Plan | null }) {
  const headingId = useId();
  const { labels } = useRecipe((state) => state.recipe);
  const draft = useRecipe((state) => state.draft);
  const set = useRecipe((state) => state.set);
  const [from, ...rest] = sectionNamed('labels').fields;
  const shown = rest.filter((field) => isShown(field, draft));
  return (
    <section aria-labelledby={headingId}>
      <div className="section-head">
        <h2 id={headingId}>Labels</h2>
        {from?.control.kind === 'choice' ? (
          <select
            className="input"
            aria-label={from.label}
            title={from.help ?? undefined}
            value={labels.from}
            onChange={(event) => set(from.path, event.target.value)}
          >
            {from.control.options.map(({ value }) => (
              <option key={value} value={value}>
                {words[value] ?? value}
              </option>
            ))}
          </select>
        ) : null}
      </div>
      {labels.from === 'folder' ? null : shown.map((field) => <FieldRow key={field.id} field={field} />)}
      {plan ? <LabelBars plan={plan} /> : null}
      {labels.from === 'folder' ? <Folded fields={shown} title="Which folder" /> : null}
    </section>
  );
}

const words: Readonly<Record<string, string>> = {
  folder: 'from folder names',
  pattern: 'from file names',
  table: 'from a table',
  none: 'none',
};
