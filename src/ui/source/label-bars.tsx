import { useMemo, useState } from 'react';
import type { Plan } from '../../core/plan';
import { noLabel } from '../images/arrange';
import { count } from '../parts/format';
import { useView } from '../state/view-store';

/** Bars shown before the rest is folded: about what a laptop's panel has room for. */
const shownAtFirst = 12;

/** How many images each label has, a bar being a button that shows only its images, and what the plan noticed. */
export function LabelBars({ plan }: { readonly plan: Plan }) {
  const labels = useView((state) => state.labels);
  const toggleLabel = useView((state) => state.toggleLabel);
  const show = useView((state) => state.show);
  const [all, setAll] = useState(false);
  const bars = useMemo(() => countLabels(plan), [plan]);
  const most = bars.reduce((max, { images }) => Math.max(max, images), 1);
  const shown = all ? bars : bars.slice(0, shownAtFirst);
  return (
    <>
      <ul className="bars">
        {shown.map(({ label, images }) => (
          <li key={label}>
            <button
              type="button"
              className="bar"
              aria-pressed={labels.has(label)}
              onClick={() => {
                toggleLabel(label);
                show('images');
              }}
            >
              <span className="bar-name" title={label || noLabel}>
                {label || noLabel}
              </span>
              <svg className="bar-track" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(100 * images) / most} height="8" />
              </svg>
              <span className="bar-count">{count(images)}</span>
            </button>
          </li>
        ))}
      </ul>
      {bars.length > shownAtFirst ? (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `and ${count(bars.length - shownAtFirst)} more`}
        </button>
      ) : null}
      {plan.notes.map((note) => (
        <p className="note" key={note}>
          {note}
        </p>
      ))}
    </>
  );
}

function countLabels(plan: Plan): readonly { readonly label: string; readonly images: number }[] {
  const counts = new Array<number>(plan.classNames.length + 1).fill(0);
  for (const { labelId } of plan.images) counts[labelId < 0 ? plan.classNames.length : labelId]++;
  return counts
    .map((images, id) => ({ label: plan.classNames[id] ?? '', images }))
    .filter(({ images }) => images > 0);
}
