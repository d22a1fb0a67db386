import type { Alike } from '../../run/alike';
import { api } from '../api';
import { useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { studio } from './thumbnails';

let alike: Alike | null = null;

/** Measures the images that are listed and shows them by how like the one of this key they are. */
export async function showAlike(key: string): Promise<void> {
  const { change, notify } = useView.getState();
  useView.getState().alike?.cancel();
  const refs = (useSources.getState().plan?.images ?? []).map(({ ref }) => ref);
  const image = refs.find((ref) => ref.key === key);
  if (image === undefined) return;
  const abort = new AbortController();
  const cancel = () => {
    abort.abort();
    change({ alike: null });
  };
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (done: number) => {
    if (abort.signal.aborted || performance.now() - toldAt < 100) return; // each time the tab is drawn
    toldAt = performance.now();
    change({ alike: { key, cosines: null, done, cancel } });
  };
  tell(0);
  try {
    alike ??= (await api.loadAlike()).createAlike(studio());
    const cosines = await alike.find(image, refs, useRecipe.getState().recipe, abort.signal, tell);
    if (abort.signal.aborted) return;
    if (cosines === null) notify(`${key} cannot be compared: it could not be decoded.`, { tone: 'bad' });
    change({ alike: cosines === null ? null : { key, cosines, done: refs.length, cancel } });
  } catch (error) {
    if (abort.signal.aborted) return;
    cancel();
    notify(error instanceof Error ? error.message : String(error), { tone: 'bad' });
  }
}
