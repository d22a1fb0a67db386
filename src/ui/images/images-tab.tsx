import { X } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { count, counted, day } from '../parts/format';
import { Segmented } from '../parts/segmented';
import { useSources } from '../state/source-store';
import { type Order, useView } from '../state/view-store';
import { arrange } from './arrange';
import { ImageGrid } from './image-grid';

const orders = [
  { value: 'label', label: 'By label', hint: null },
  { value: 'size', label: 'By size', hint: null },
  { value: 'date', label: 'By date', hint: null },
] as const;

/** The images of all sources: filter, order, selection and the grid. */
export function ImagesTab() {
  const plan = useSources((state) => state.plan);
  const filter = useView((state) => state.filter);
  const labels = useView((state) => state.labels);
  const order = useView((state) => state.order);
  const selected = useView((state) => state.selected);
  const { change, clearLabels, notify } = useView.getState();
  // Typing stays quick while a hundred thousand names are searched.
  const wanted = useDeferredValue(useMemo(() => ({ filter, labels, order }), [filter, labels, order]));
  const images = plan?.images;
  const arrangement = useMemo(
    () => arrange(images ?? [], plan?.classNames ?? [], wanted, (ms) => day(ms)),
    [images, plan, wanted],
  );
  if (plan === null || images === undefined) return null;
  const shown = arrangement.order.length;
  const copyNames = async () => {
    await navigator.clipboard.writeText([...selected].join('\n'));
    notify(`${counted(selected.size, 'name')} copied.`);
  };
  return (
    <div className="images">
      <div className="tools">
        <input
          className="input tools-filter"
          type="search"
          aria-label="Filter images"
          placeholder="Filter by name, label, size (>1MB)"
          value={filter}
          onChange={(event) => change({ filter: event.target.value })}
        />
        <Segmented
          label="Order"
          options={orders}
          value={order}
          // The options are the orders, by their type above.
          onChange={(value) => change({ order: value as Order })}
        />
        {[...labels].map((label) => (
          <button key={label} type="button" className="chip-button" onClick={clearLabels}>
            {label || 'No label'}
            <X size={12} aria-hidden="true" />
            <span className="hidden">, show all labels</span>
          </button>
        ))}
        <span className="grow" />
        {selected.size > 0 ? (
          <>
            <button type="button" className="link" onClick={copyNames}>
              Copy names
            </button>
            <button type="button" className="link" onClick={() => change({ selected: new Set() })}>
              Clear
            </button>
          </>
        ) : null}
        <output className="tools-count">
          {count(shown)} shown{selected.size > 0 ? ` · ${count(selected.size)} selected` : ''}
        </output>
      </div>
      {shown > 0 ? (
        <ImageGrid images={images} arrangement={arrangement} />
      ) : (
        <div className="nothing">
          <p>No image matches.</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              change({ filter: '' });
              clearLabels();
            }}
          >
            Show all {count(images.length)}
          </button>
        </div>
      )}
    </div>
  );
}
