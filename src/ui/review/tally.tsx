import { Check, Download } from 'lucide-react';
import { useState } from 'react';
import { decisionsCsv } from '../../core/decisions';
import type { ImageRef } from '../../core/image';
import { count } from '../parts/format';
import { saveText } from '../parts/save-text';
import { Segmented } from '../parts/segmented';
import { useReview } from '../state/review-store';
import { useSources } from '../state/source-store';

/** Which images are listed. */
export type Which = 'open' | 'accepted' | 'refused';

interface TallyProps {
  readonly counts: Readonly<Record<Which, number>>;
  readonly which: Which;
  choose(which: Which): void;
  /** The best proposal of each image that is not decided. */
  readonly sure: readonly { readonly ref: ImageRef; readonly label: string; readonly score: number }[];
}

/** How far the review is, all that is sure at once, and the labels as a table. */
export function Tally({ counts, which, choose, sure }: TallyProps) {
  const [threshold, setThreshold] = useState(0.9);
  const accept = useReview((state) => state.accept);
  const decisions = useSources((state) => state.decisions);
  const above = sure.filter(({ score }) => score >= threshold);
  return (
    <div className="tally">
      <Segmented
        label="Which images"
        options={(['open', 'accepted', 'refused'] as const).map((value) => ({
          value,
          label: `${{ open: 'To review', accepted: 'Accepted', refused: 'Refused' }[value]} ${count(counts[value])}`,
          hint: null,
        }))}
        value={which}
        onChange={(value) => choose(value as Which)} // one of the options above
      />
      <label className="tally-threshold">
        <span>Sure from</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={threshold}
          onChange={(event) => setThreshold(event.target.valueAsNumber)}
        />
        <output>{threshold.toFixed(2)}</output>
      </label>
      <button
        type="button"
        className="button small"
        disabled={above.length === 0}
        onClick={() => accept(above)}
      >
        <Check size={14} aria-hidden="true" />
        Accept {count(above.length)}
      </button>
      <button
        type="button"
        className="button small"
        disabled={decisions.size === 0}
        onClick={() => saveText('metadata.csv', decisionsCsv(decisions), 'text/csv')}
      >
        <Download size={14} aria-hidden="true" />
        Labels as CSV
      </button>
    </div>
  );
}
