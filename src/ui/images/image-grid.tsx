// biome-ignore-all lint/a11y/useSemanticElements: a table's rows cannot be placed one by one, as a virtual list does
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid the focus roves among the cells; rows and headings have none
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { PlannedImage } from '../../core/plan';
import { counted } from '../parts/format';
import { useView } from '../state/view-store';
import type { Arrangement } from './arrange';
import { Cell } from './cell';
import { Details } from './details';
import { gap, gridSize, headingHeight, layRows, moveIn, rowOf } from './grid-layout';
import { selectOnClick } from './select';

interface GridProps {
  readonly images: readonly PlannedImage[];
  readonly arrangement: Arrangement;
}

type MoveKey = Parameters<typeof moveIn>[2];
const moveKeys: ReadonlySet<string> = new Set<MoveKey>([
  'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown',
]); // biome-ignore format: a list

/** Smallest cell in CSS pixels: seven columns in the middle of a laptop's page, three on a phone, larger on a 4K screen. */
const smallestCell = (width: number) => Math.min(200, Math.max(104, width / 12));

/** The thumbnails: only the rows in sight exist, however many images there are. */
export function ImageGrid({ images, arrangement }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const { columns, cell } = gridSize(width, smallestCell(width));
  const rows = useMemo(() => layRows(arrangement.groups, columns), [arrangement, columns]);
  const selected = useView((state) => state.selected);
  const active = useView((state) => state.active);
  const change = useView((state) => state.change);
  const show = useView((state) => state.show);
  const [hovered, setHovered] = useState<number | null>(null);
  const { order } = arrangement;
  const imageAt = (place: number) => images[order[place] ?? -1] ?? null;
  const found = useMemo(() => order.findIndex((i) => images[i]?.ref.key === active), [order, images, active]);
  const activePlace = Math.max(0, found);
  const activeRow = rowOf(rows, activePlace);
  const anchor = useRef<number | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === 'heading' ? headingHeight : cell + gap),
    overscan: 3,
    // The focused cell stays in the document while it is scrolled out of sight, else the focus would be lost.
    rangeExtractor: (range: Range) => {
      const inSight = defaultRangeExtractor(range);
      return activeRow < 0 || inSight.includes(activeRow)
        ? inSight
        : [...inSight, activeRow].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes follow from these, and only from these
  useLayoutEffect(() => virtual.measure(), [cell, rows]);

  const showActive = useRef<() => void>(() => undefined);
  showActive.current = () => {
    if (found >= 0) virtual.scrollToIndex(activeRow, { align: 'center' });
  };
  useEffect(() => {
    // In the next frame the grid's width is known, and with it where the image lies.
    const frame = requestAnimationFrame(() => showActive.current());
    return () => cancelAnimationFrame(frame);
  }, []);

  const focusPlace = (place: number) => {
    change({ active: imageAt(place)?.ref.key ?? null });
    virtual.scrollToIndex(rowOf(rows, place), { align: 'auto' });
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus({ preventScroll: true });
    });
  };
  const select = (place: number, keys: { readonly shift: boolean; readonly toggle: boolean }) => {
    const keyOf = (at: number) => imageAt(at)?.ref.key ?? '';
    change({ selected: selectOnClick(selected, anchor.current, place, keyOf, keys) });
    if (!keys.shift) anchor.current = place;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const toggle = event.ctrlKey || event.metaKey;
    if (moveKeys.has(event.key)) {
      event.preventDefault();
      const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (cell + gap)) - 1);
      // The set holds exactly these keys.
      const to = moveIn(rows, activePlace, event.key as MoveKey, order.length, pageRows);
      if (event.shiftKey) {
        anchor.current ??= activePlace;
        select(to, { shift: true, toggle: false });
      } else anchor.current = to;
      focusPlace(to);
    } else if (event.key === ' ') {
      event.preventDefault();
      select(activePlace, { shift: event.shiftKey, toggle: !event.shiftKey });
    } else if (event.key === 'Enter') {
      focusPlace(activePlace);
      show('preview');
    } else if (event.key === 'a' && toggle) {
      event.preventDefault();
      change({ selected: new Set(Array.from(order, (i) => images[i]?.ref.key ?? '')) });
    } else if (event.key === 'Escape') change({ selected: new Set() });
  };
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event);
    if (place === null) return;
    select(place, { shift: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
    change({ active: imageAt(place)?.ref.key ?? null });
  };
  const side = thumbnailSide(cell);
  return (
    <>
      <div
        ref={scroller}
        className="grid-scroller"
        role="grid"
        aria-label="Images"
        aria-multiselectable="true"
        aria-rowcount={rows.length}
        aria-colcount={columns}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={(event) => placeOf(event) !== null && show('preview')}
        onPointerOver={(event) => setHovered(placeOf(event))}
        onPointerLeave={() => setHovered(null)}
      >
        <div className="grid-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            const place = { transform: `translateY(${item.start}px)`, height: item.size };
            if (row === undefined) return null;
            if (row.kind === 'heading') {
              const { heading, start, end } = row.group;
              return (
                <div
                  key={`h${start}`}
                  role="row"
                  aria-rowindex={item.index + 1}
                  className="grid-heading"
                  style={place}
                >
                  <div role="gridcell" aria-colspan={columns}>
                    <b>{heading}</b> <small>{counted(end - start, 'image')}</small>
                  </div>
                </div>
              );
            }
            return (
              <div
                key={`r${row.start}`}
                role="row"
                aria-rowindex={item.index + 1}
                className="grid-row"
                style={{ ...place, gridTemplateColumns: `repeat(${columns}, ${cell}px)` }}
              >
                {Array.from({ length: row.end - row.start }, (_, column) => {
                  const image = imageAt(row.start + column);
                  if (image === null) return null;
                  return (
                    <Cell
                      key={image.ref.key}
                      image={image}
                      place={row.start + column}
                      column={column + 1}
                      side={side}
                      selected={selected.has(image.ref.key)}
                      active={row.start + column === activePlace}
                    />
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      <Details image={imageAt(hovered ?? (found >= 0 ? found : -1))} />
    </>
  );
}

function placeOf(event: { readonly target: EventTarget }): number | null {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
  return cell ? Number(cell.dataset.place) : null;
}

/** A few fixed sizes, so that a window being resized does not decode everything anew at each pixel. */
function thumbnailSide(cell: number): number {
  const pixels = cell * Math.min(2, devicePixelRatio);
  // A thumbnail's longer side is told; the cell is filled by the shorter one, usually two thirds of it.
  const wanted = pixels * 1.4;
  return [160, 240, 320].find((side) => side >= wanted) ?? 400;
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    if (element.current) setWidth(innerWidthOf(element.current));
  }, [element]);
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return;
    const observer = new ResizeObserver(() => setWidth(innerWidthOf(watched)));
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

function innerWidthOf(element: HTMLElement): number {
  const style = getComputedStyle(element);
  return element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
}
