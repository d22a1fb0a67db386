import { create } from 'zustand';

export type Tab = 'source' | 'images' | 'preview' | 'problems' | 'results' | 'recipe';
export type Order = 'label' | 'size' | 'date';

/** A line at the bottom that says what was done, with the way back where there is one. */
export interface Notice {
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly undo: (() => void) | null;
}

interface ViewState {
  readonly tab: Tab;
  readonly filter: string;
  /** Labels that are shown; empty shows all. */
  readonly labels: ReadonlySet<string>;
  readonly order: Order;
  /** Keys of the selected images. */
  readonly selected: ReadonlySet<string>;
  /** Key of the image that has the focus, in the grid and in the preview. */
  readonly active: string | null;
  readonly notice: Notice | null;
  readonly helpOpen: boolean;
  readonly dragging: boolean;
  show(tab: Tab): void;
  change(
    values: Partial<Pick<ViewState, 'filter' | 'order' | 'selected' | 'active' | 'helpOpen' | 'dragging'>>,
  ): void;
  toggleLabel(label: string): void;
  clearLabels(): void;
  notify(text: string, options?: { readonly tone?: 'bad'; readonly undo?: () => void }): void;
  dismiss(): void;
}

/** What the page shows of its data: tab, filter, selection, notices. */
export const useView = create<ViewState>()((set) => ({
  tab: 'images',
  filter: '',
  labels: new Set(),
  order: 'label',
  selected: new Set(),
  active: null,
  notice: null,
  helpOpen: false,
  dragging: false,
  show: (tab) => set({ tab }),
  change: (values) => set(values),
  toggleLabel: (label) =>
    set(({ labels }) => {
      const next = new Set(labels);
      if (!next.delete(label)) next.add(label);
      return { labels: next };
    }),
  clearLabels: () => set({ labels: new Set() }),
  notify: (text, options = {}) =>
    set({ notice: { text, tone: options.tone ?? 'plain', undo: options.undo ?? null } }),
  dismiss: () => set({ notice: null }),
}));
