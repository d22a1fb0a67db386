import { useMemo } from 'react';
import type { Plan } from '../../core/plan';
import { splits } from '../../core/split';
import { count } from '../parts/format';

/** The share of each split as one bar, with its counts. */
export function SplitBar({ plan }: { readonly plan: Plan }) {
  const counts = useMemo(() => {
    const found = { train: 0, validation: 0, test: 0 };
    for (const { split } of plan.images) found[split]++;
    return found;
  }, [plan]);
  const total = plan.images.length;
  let left = 0;
  return (
    <div className="split">
      <svg className="split-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {splits.map((split) => {
          const width = (100 * counts[split]) / total;
          const x = left;
          left += width;
          return <rect key={split} className={`fill-${split}`} x={x} width={width} height="8" />;
        })}
      </svg>
      <dl className="legend">
        {splits.map((split) => (
          <div key={split}>
            <dt>
              <span className={`swatch swatch-${split}`} aria-hidden="true" />
              {split === 'validation' ? 'val' : split}
            </dt>
            <dd>{count(counts[split])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
