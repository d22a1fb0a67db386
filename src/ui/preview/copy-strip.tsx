import type { PreviewResult } from '../api';
import { Bitmap } from '../parts/bitmap';
import { drawnWords } from './drawn-words';

/** Augmented copies with what was drawn for each; those that the run does not keep are paler. */
export function CopyStrip({ result, kept }: { readonly result: PreviewResult; readonly kept: number }) {
  return (
    <ol className="strip">
      {result.copies.map(({ bitmap, drawn }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a copy's number is its identity
        <li key={i} data-spare={i >= kept || undefined}>
          <Bitmap
            bitmap={bitmap}
            label={`Copy ${i + 1}: ${drawn.map(drawnWords).join(', ') || 'unchanged'}`}
          />
          <p className="strip-words">
            <b>copy {i + 1}</b>
            {drawn.length === 0 ? <span>unchanged</span> : null}
            {drawn.map((each, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step may come twice; its place is its identity
              <span key={n}>{drawnWords(each)}</span>
            ))}
          </p>
        </li>
      ))}
    </ol>
  );
}
