import type { PreviewPicture } from '../api';
import { Bitmap } from '../parts/bitmap';
import { drawnWords } from './drawn-words';

interface CopyStripProps {
  readonly copies: readonly PreviewPicture[];
  /** Those that the run does not keep are paler. */
  readonly kept: number;
  /** Number of the copy that is looked at, from 1; 0 is none. */
  readonly chosen: number;
  choose(copy: number): void;
}

/** Augmented copies with what was drawn for each; one can be looked at in the place of the plain picture. */
export function CopyStrip({ copies, kept, chosen, choose }: CopyStripProps) {
  return (
    <ol className="strip">
      {copies.map(({ bitmap, drawn }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a copy's number is its identity
        <li key={i} data-spare={i >= kept || undefined}>
          <button
            type="button"
            className="strip-copy"
            aria-pressed={chosen === i + 1}
            onClick={() => choose(chosen === i + 1 ? 0 : i + 1)}
          >
            <Bitmap
              bitmap={bitmap}
              label={`Copy ${i + 1}: ${drawn.map(drawnWords).join(', ') || 'unchanged'}`}
            />
          </button>
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
