// biome-ignore-all lint/a11y/useSemanticElements: a table's rows cannot be placed one by one, as a virtual list does
import { memo, useEffect, useRef, useState } from 'react';
import { failureLabels } from '../../core/failure';
import type { PlannedImage } from '../../core/plan';
import { bytes } from '../parts/format';
import { heldThumbnail, type Look, lookAt, makeThumbnail } from './thumbnails';

interface CellProps {
  readonly image: PlannedImage;
  /** Position in the arrangement. */
  readonly place: number;
  readonly column: number;
  /** Device pixels of a thumbnail's longer side. */
  readonly side: number;
  readonly selected: boolean;
  readonly active: boolean;
}

/** Cells that fly past are not decoded: one must stay this long to be asked for. */
const settleMs = 40;

/** One image of the grid: its picture, or why there is none. */
export const Cell = memo(function Cell({ image, place, column, side, selected, active }: CellProps) {
  const { ref } = image;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [look, setLook] = useState<Look | null>(() => lookAt(ref));
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const paint = (bitmap: ImageBitmap | null) => {
      if (abort.signal.aborted) return;
      setLook(lookAt(ref));
      if (bitmap === null || canvas.current === null) return;
      canvas.current.width = bitmap.width;
      canvas.current.height = bitmap.height;
      canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
      setDrawn(true);
    };
    const held = heldThumbnail(ref, side);
    if (held) {
      paint(held);
      return () => abort.abort();
    }
    const known = lookAt(ref);
    if (known && !known.ok) return () => abort.abort();
    const timer = setTimeout(() => {
      // Only an abort or the studio's end rejects; both mean that nobody waits for the picture.
      makeThumbnail(ref, side, abort.signal).then(paint, () => undefined);
    }, settleMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [ref, side]);
  const failure = look && !look.ok ? look.failure : null;
  const turned = look?.ok && look.meta.orientation > 1;
  const damaged = look?.ok && look.meta.damaged !== null;
  return (
    <div
      role="gridcell"
      className="cell"
      aria-colindex={column}
      aria-selected={selected}
      aria-label={nameOf(image, look)}
      tabIndex={active ? 0 : -1}
      data-place={place}
      data-drawn={drawn || undefined}
      data-failed={failure ? true : undefined}
    >
      {failure ? (
        <span className="cell-failure">{failureLabels[failure.code]}</span>
      ) : (
        <canvas ref={canvas} width={1} height={1} />
      )}
      {damaged ? (
        <span className="cell-badge damaged">damaged</span>
      ) : turned ? (
        <span className="cell-badge">rotated by EXIF</span>
      ) : null}
      {selected ? <span className="cell-tick" aria-hidden="true" /> : null}
    </div>
  );
});

function nameOf({ ref, label }: PlannedImage, look: Look | null): string {
  const parts = [ref.key, label ?? 'no label'];
  if (look?.ok) {
    const { oriented, format, orientation } = look.meta;
    parts.push(`${format.toUpperCase()}, ${oriented.width} × ${oriented.height}`);
    if (orientation > 1) parts.push('rotated by EXIF');
    if (look.meta.damaged !== null) parts.push('damaged');
  } else if (look) parts.push(failureLabels[look.failure.code]);
  if (ref.bytes !== null) parts.push(bytes(ref.bytes));
  return parts.join(', ');
}
