import '../styles/preview.css';
import { ChevronLeft, ChevronRight, Dices } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { arrange } from '../images/arrange';
import { describeMeta } from '../images/details';
import { count, day } from '../parts/format';
import { reroll } from '../shortcuts';
import { useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { CopyStrip } from './copy-strip';
import { keptCopies } from './kept-copies';
import { Look, type Way, WayChoice } from './look';
import { usePreview } from './use-preview';

/** The original beside what the model sees, and augmented copies, as this recipe makes them. */
export function PreviewTab() {
  const plan = useSources((state) => state.plan);
  const recipe = useRecipe((state) => state.recipe);
  const { filter, labels, order, selected, active, change } = useView();
  const places = useMemo(() => {
    if (plan === null) return [];
    if (selected.size > 1) return plan.images.filter(({ ref }) => selected.has(ref.key));
    const arranged = arrange(plan.images, plan.classNames, { filter, labels, order }, (ms) => day(ms));
    return Array.from(arranged.order, (i) => plan.images[i]).filter((image) => image !== undefined);
  }, [plan, filter, labels, order, selected]);
  const found = places.findIndex(({ ref }) => ref.key === active);
  const at = Math.max(0, found);
  const image = places[at] ?? null;
  const { augment } = recipe;
  const [chosen, setChosen] = useState(0);
  const [way, setWay] = useState<Way>('side-by-side');
  const copies = image === null ? null : keptCopies(image, augment);
  const preview = usePreview(image?.ref ?? null, recipe, copies?.shown ?? 0);
  useEffect(() => {
    const step = (by: number) => {
      const next = places[at + by];
      if (next) change({ active: next.ref.key });
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, select, textarea, [role=tab]'))
        return;
      if (event.key === 'ArrowLeft') step(-1);
      if (event.key === 'ArrowRight') step(1);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [places, at, change]);
  if (image === null || copies === null) return <p className="nothing">No image to preview.</p>;
  const current = preview.ref?.key === image.ref.key ? preview : null;
  const { result, failure } = current ?? { result: null, failure: null };
  const move = (by: number) => change({ active: places[at + by]?.ref.key ?? active });
  return (
    <div className="preview" aria-busy={!preview.fresh}>
      <div className="preview-head">
        <h2 className="preview-key">{image.ref.key}</h2>
        <p className="preview-meta">{result ? describeMeta(result.meta) : ' '}</p>
        <span className="preview-tags">
          {image.label ?? 'no label'} · {image.split}
        </span>
        <WayChoice way={way} choose={setWay} />
        <span className="preview-steps">
          <button type="button" className="icon bordered" disabled={at === 0} onClick={() => move(-1)}>
            <ChevronLeft size={16} aria-hidden="true" />
            <span className="hidden">Previous image</span>
          </button>
          <span className="preview-place">
            {count(at + 1)} of {count(places.length)}
          </span>
          <button
            type="button"
            className="icon bordered"
            disabled={at >= places.length - 1}
            onClick={() => move(1)}
          >
            <ChevronRight size={16} aria-hidden="true" />
            <span className="hidden">Next image</span>
          </button>
        </span>
      </div>
      {failure ? (
        <p className="preview-failure" role="alert">
          <b>This image gives no rows.</b> {failure.message}
        </p>
      ) : null}
      {result ? <Look shown={result} way={way} chosen={chosen} /> : null}
      <section className="copies" aria-label="Augmented copies">
        <div className="copies-head">
          <h3>Augmented copies</h3>
          {augment.enabled ? (
            <>
              <span className="soft">
                {copies.words}, drawn with seed {recipe.seed}
              </span>
              <button type="button" className="button small" onClick={reroll}>
                <Dices size={14} aria-hidden="true" />
                Reroll
              </button>
            </>
          ) : (
            <>
              <span className="soft">off: each image gives one row</span>
              <button
                type="button"
                className="button small"
                onClick={() => useRecipe.getState().set(['augment', 'enabled'], true)}
              >
                Turn on
              </button>
            </>
          )}
        </div>
        {augment.enabled && result ? (
          <CopyStrip copies={result.copies} kept={copies.kept} chosen={chosen} choose={setChosen} />
        ) : null}
      </section>
    </div>
  );
}
