import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useView } from '../state/view-store';
import type { Noted } from './use-problems';

/** Longer lists scroll by themselves, and only the lines in sight exist. */
const plainLines = 60;
const lineHeight = 28;

/** The files of one reason, each with its own message. */
export function ReasonFiles({ failures }: { readonly failures: readonly Noted[] }) {
  if (failures.length > plainLines) return <LongList failures={failures} />;
  return (
    <ul className="reason-files">
      {failures.map((failure) => (
        <li key={failure.key}>
          <Line failure={failure} />
        </li>
      ))}
    </ul>
  );
}

function LongList({ failures }: { readonly failures: readonly Noted[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: failures.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 8,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={scroller} className="reason-scroller" tabIndex={0} aria-label="Files">
      <ul className="reason-files" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const failure = failures[index];
          return failure ? (
            <li key={failure.key} className="reason-line" style={{ transform: `translateY(${start}px)` }}>
              <Line failure={failure} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}

function Line({ failure }: { readonly failure: Noted }) {
  const { change, show } = useView();
  return (
    <>
      <button
        type="button"
        className="reason-key"
        onClick={() => {
          change({ active: failure.key, filter: '', selected: new Set() });
          show('images');
        }}
      >
        {failure.key}
      </button>
      <span className="reason-message" title={failure.message}>
        {failure.message}
      </span>
    </>
  );
}
