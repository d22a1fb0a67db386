import '../styles/review.css';
import { useEffect, useMemo, useState } from 'react';
import { isTyping } from '../shortcuts';
import { useReview } from '../state/review-store';
import { useSources } from '../state/source-store';
import { Ask } from './ask';
import { doubtOf } from './candidates';
import { Decide } from './decide';
import { Queue } from './queue';
import { Tally, type Which } from './tally';

/** Proposed labels for images that have none: those that are doubted most come first, and a person decides. */
export function ReviewTab() {
  const plan = useSources((state) => state.plan);
  const decisions = useSources((state) => state.decisions);
  const input = useSources((state) => state.input);
  const { keepFor, proposals, refused, accept, refuse, undo, steps } = useReview();
  useEffect(() => keepFor(input), [keepFor, input]);
  const [which, setWhich] = useState<Which>('open');
  const [active, setActive] = useState<string | null>(null);
  // Their labels may be decisions; what was given otherwise is nobody's to change.
  const open = useMemo(
    () => plan?.images.filter(({ ref, label }) => label === null || decisions.has(ref.key)) ?? [],
    [plan, decisions],
  );
  /** All keys that have a proposal, the most doubted first: sorted once, not at every decision. */
  const byDoubt = useMemo(() => {
    const doubts = Array.from(proposals?.of ?? [], ([key, candidates]) => ({
      key,
      doubt: doubtOf(candidates),
    }));
    return doubts.sort((a, b) => b.doubt - a.doubt).map(({ key }) => key);
  }, [proposals]);
  const lists = useMemo(() => {
    const undecided = new Map(
      open.flatMap((image) => {
        const { key } = image.ref;
        return decisions.has(key) || refused.has(key) ? [] : [[key, image] as const];
      }),
    );
    const proposed = byDoubt.flatMap((key) => undecided.get(key) ?? []);
    const without = [...undecided.values()].filter(({ ref }) => !proposals?.of.has(ref.key));
    return {
      open: [...without, ...proposed],
      accepted: open.filter(({ ref }) => decisions.has(ref.key)),
      refused: open.filter(({ ref }) => refused.has(ref.key)),
    };
  }, [open, decisions, refused, proposals, byDoubt]);
  const list = lists[which];
  const at = Math.max(
    0,
    list.findIndex(({ ref }) => ref.key === active),
  );
  const image = list[at] ?? null;
  /** What follows when the image that is decided leaves the list, or the last when there is none. */
  const goOn = () => setActive((list[at + 1] ?? list[at - 1])?.ref.key ?? null);
  const onAccept = (label: string) => {
    if (image === null || label === '') return;
    goOn();
    accept([{ ref: image.ref, label }]);
  };
  const onRefuse = () => {
    if (image === null) return;
    goOn();
    refuse(image.ref);
  };
  const candidates = image === null ? [] : (proposals?.of.get(image.ref.key) ?? []);
  const onKey = (event: KeyboardEvent) => {
    if (isTyping(event.target)) return;
    // In a group of radio buttons and among the tabs arrows have a meaning of their own.
    const moves = event.target instanceof Element && event.target.closest('input, [role=tab]') !== null;
    if (moves && event.key.startsWith('Arrow')) return;
    if ((event.ctrlKey || event.metaKey) && event.key !== 'z') return;
    const chosen = candidates[Number(event.key) - 1];
    if (event.key === 'ArrowDown') setActive(list[at + 1]?.ref.key ?? active);
    else if (event.key === 'ArrowUp') setActive(list[at - 1]?.ref.key ?? active);
    else if (event.key === 'a') onAccept(candidates[0]?.name ?? '');
    else if (event.key === 'x') onRefuse();
    else if (event.key === 'u' || event.key === 'z') undo();
    else if (chosen) onAccept(chosen.name);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  useEffect(() => {
    // On the window, since the button that was pressed goes with its image; first, since digits also name the tabs.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  });
  if (plan === null || plan.images.length === 0) return <p className="nothing">No images to label.</p>;
  return (
    <div className="review">
      <Ask labelled={plan.images.filter(({ label }) => label !== null).length} of={plan.images.length} />
      {open.length === 0 ? (
        <p className="nothing">Every image has a label that was given with it: there is nothing to review.</p>
      ) : (
        <>
          <Tally
            counts={{
              open: lists.open.length,
              accepted: lists.accepted.length,
              refused: lists.refused.length,
            }}
            which={which}
            choose={setWhich}
            sure={lists.open.flatMap(({ ref }) => {
              const best = proposals?.of.get(ref.key)?.[0];
              return best ? [{ ref, label: best.name, score: best.score }] : [];
            })}
          />
          <div className="review-panes">
            <Queue list={list} active={image?.ref.key ?? null} choose={setActive} decisions={decisions} />
            {image === null ? (
              <p className="nothing">{which === 'open' ? 'All decided.' : 'None.'}</p>
            ) : (
              <Decide
                key={image.ref.key}
                image={image}
                decided={decisions.get(image.ref.key) ?? null}
                candidates={candidates}
                classNames={plan.classNames}
                canUndo={steps.length > 0}
                onAccept={onAccept}
                onRefuse={onRefuse}
                onUndo={undo}
              />
            )}
          </div>
        </>
      )}
    </div>
  );
}
