import { Tabs } from '@base-ui/react/tabs';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Empty } from './empty';
import { RecipePanel } from './form/recipe-panel';
import { Header } from './header';
import { ImagesTab } from './images/images-tab';
import { NoticeLine } from './notice';
import { count } from './parts/format';
import { useMedia } from './parts/use-media';
import { useSkipped } from './problems/use-problems';
import { ResumeBanner } from './run/resume-banner';
import { RunBar } from './run/run-bar';
import { useShortcuts } from './shortcuts';
import { DropVeil } from './source/drop-veil';
import { SourcePanel } from './source/source-panel';
import { useSources } from './state/source-store';
import { type Tab, useView } from './state/view-store';

const PreviewTab = lazy(() => import('./preview/preview-tab').then((m) => ({ default: m.PreviewTab })));
const ProblemsTab = lazy(() => import('./problems/problems-tab').then((m) => ({ default: m.ProblemsTab })));
const ReviewTab = lazy(() => import('./review/review-tab').then((m) => ({ default: m.ReviewTab })));
const ResultsTab = lazy(() => import('./results/results-tab').then((m) => ({ default: m.ResultsTab })));

/** Narrower than this the side panels become tabs. */
const narrow = '(max-width: 899px)';

// The same element each time: what a tab's change does not concern is not drawn again with it.
const header = <Header />;
const sourcePanel = <SourcePanel />;
const recipePanel = <RecipePanel />;
const imagesTab = <ImagesTab />;
const previewTab = <PreviewTab />;
const problemsTab = <ProblemsTab />;
const reviewTab = <ReviewTab />;
const resultsTab = <ResultsTab />;
const runBar = <RunBar />;
const empty = <Empty />;

/** The page: header, panels, tabs, run bar. */
export function App() {
  const isNarrow = useMedia(narrow);
  const tab = useView((state) => state.tab);
  const show = useView((state) => state.show);
  const hasImages = useSources((state) => state.entries.length > 0);
  useShortcuts();
  useEffect(() => {
    if (!isNarrow && (tab === 'source' || tab === 'recipe')) show('images');
  }, [isNarrow, tab, show]);
  const tabBefore = useRef(tab);
  useEffect(() => {
    if (tabBefore.current !== tab) keepFocus(tab);
    tabBefore.current = tab;
  }, [tab]);
  return (
    <div className="page" data-narrow={isNarrow || undefined} data-quiet={!hasImages || undefined}>
      {header}
      {isNarrow ? null : (
        <aside className="panel left" aria-label="Source, labels and split">
          {sourcePanel}
        </aside>
      )}
      {/* The tabs' values are the type Tab. */}
      <Tabs.Root
        className="middle"
        value={tab}
        onValueChange={(value) => show(value as Tab)}
        render={<main />}
      >
        <Tabs.List className="tabs" aria-label="Views" activateOnFocus={false}>
          {isNarrow ? <TabButton value="source">Source</TabButton> : null}
          <TabButton value="images">Images</TabButton>
          <TabButton value="preview">Preview</TabButton>
          <TabButton value="review">Labels</TabButton>
          <TabButton value="problems">
            Problems
            <ProblemCount />
          </TabButton>
          <TabButton value="results">Results</TabButton>
          {isNarrow ? <TabButton value="recipe">Recipe</TabButton> : null}
        </Tabs.List>
        <ResumeBanner />
        {isNarrow ? (
          <Tabs.Panel value="source" data-view="source" className="view padded">
            {sourcePanel}
          </Tabs.Panel>
        ) : null}
        <Tabs.Panel value="images" data-view="images" className="view">
          {hasImages ? imagesTab : empty}
        </Tabs.Panel>
        <LazyPanel value="preview">{hasImages ? previewTab : empty}</LazyPanel>
        <LazyPanel value="review">{hasImages ? reviewTab : empty}</LazyPanel>
        <LazyPanel value="problems">{problemsTab}</LazyPanel>
        <LazyPanel value="results">{resultsTab}</LazyPanel>
        {isNarrow ? (
          <Tabs.Panel value="recipe" data-view="recipe" className="view padded">
            {recipePanel}
          </Tabs.Panel>
        ) : null}
      </Tabs.Root>
      {isNarrow ? null : (
        <aside className="panel right" aria-label="Recipe">
          {recipePanel}
        </aside>
      )}
      {runBar}
      <NoticeLine />
      <DropVeil />
    </div>
  );
}

/** When what had the focus goes with its tab, the focus goes to what comes: the image it was on, or the panel. */
function keepFocus(tab: Tab): void {
  const held = document.activeElement;
  const panel = document.querySelector<HTMLElement>(`[role="tabpanel"][data-view="${tab}"]`);
  const isLost = held === document.body || (held?.closest('[role="tabpanel"]') ?? panel) !== panel;
  if (!isLost) return;
  const image = panel?.querySelector<HTMLElement>('.cell[tabindex="0"]');
  (image ?? panel)?.focus({ preventScroll: true });
}

function ProblemCount() {
  const length = useSkipped();
  return length > 0 ? <span className="count-badge">{count(length)}</span> : null;
}

function TabButton({ value, children }: { readonly value: Tab; readonly children: React.ReactNode }) {
  return (
    <Tabs.Tab value={value} className="tab">
      {children}
    </Tabs.Tab>
  );
}

function LazyPanel({ value, children }: { readonly value: Tab; readonly children: React.ReactNode }) {
  return (
    <Tabs.Panel value={value} data-view={value} className="view">
      <Suspense fallback={null}>{children}</Suspense>
    </Tabs.Panel>
  );
}
