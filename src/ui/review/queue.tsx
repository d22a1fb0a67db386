import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Decisions } from '../../core/decisions';
import type { PlannedImage } from '../../core/plan';
import { useReview } from '../state/review-store';
import { Thumb } from './thumb';

interface QueueProps {
  readonly list: readonly PlannedImage[];
  readonly active: string | null;
  choose(key: string): void;
  readonly decisions: Decisions;
}

const rowHeight = 56;

/** The images to decide on, each with what is proposed; only those in sight exist. */
export function Queue({ list, active, choose, decisions }: QueueProps) {
  const scroller = useRef<HTMLUListElement>(null);
  const proposals = useReview((state) => state.proposals);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 4,
  });
  const at = list.findIndex(({ ref }) => ref.key === active);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);
  return (
    <ul className="queue" ref={scroller} aria-label="Images to decide on">
      <li style={{ height: virtual.getTotalSize() }} aria-hidden="true" />
      {virtual.getVirtualItems().map(({ index, start }) => {
        const image = list[index];
        if (image === undefined) return null;
        const { key } = image.ref;
        const best = proposals?.of.get(key)?.[0];
        const decided = decisions.get(key);
        return (
          <li key={key} className="queue-row" style={{ height: rowHeight, top: start }}>
            <button type="button" aria-current={key === active || undefined} onClick={() => choose(key)}>
              <Thumb image={image.ref} side={96} label={null} />
              <span className="queue-key">{key}</span>
              <span className="queue-label">
                {decided ?? best?.name ?? 'no proposal'}
                {decided === undefined && best ? <em>{best.score.toFixed(2)}</em> : null}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
