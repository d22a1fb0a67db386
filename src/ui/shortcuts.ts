import { useEffect } from 'react';
import { useRecipe } from './state/recipe-store';
import { isBusy, useRun } from './state/run-store';
import { type Tab, useView } from './state/view-store';

const tabs: readonly Tab[] = ['images', 'preview', 'review', 'problems', 'results'];

/** The page's own keys; none fires while a person types, and each has a button that does the same. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
        event.preventDefault();
        void useRun.getState().start();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { show, change } = useView.getState();
      const tab = tabs[Number(event.key) - 1];
      if (tab) show(tab);
      else if (event.key === '?') change({ helpOpen: true });
      else if (event.key === '/') {
        event.preventDefault();
        show('images');
        requestAnimationFrame(() => document.querySelector<HTMLElement>('.tools-filter')?.focus());
      } else if (event.key === 'p') togglePause();
      else if (event.key === 'r' && useView.getState().tab === 'preview') reroll();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Draws another seed: other augmentations, another split. */
export function reroll(): void {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  useRecipe.getState().set(['seed'], (seed ?? 0) % 10_000);
}

/** Pauses the run that is under way, or lets it go on. */
export function togglePause(): void {
  const { run, snapshot } = useRun.getState();
  if (run === null || !isBusy({ snapshot })) return;
  if (snapshot?.phase === 'paused') run.resume();
  else run.pause();
}

/** True where keys are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const plain = target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type);
  return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !plain);
}
