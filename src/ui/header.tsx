import { CircleHelp, Cpu, Moon, ShieldCheck, Sun } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { api, type EngineInfo } from './api';
import { Logo } from './logo';
import { bytes, count, counted } from './parts/format';
import { useRecipe } from './state/recipe-store';
import { useSources } from './state/source-store';
import { useTheme } from './state/theme';
import { useView } from './state/view-store';

const HelpDialog = lazy(() => import('./help-dialog').then((m) => ({ default: m.HelpDialog })));

/** Name, what is loaded, that nothing leaves, which engine, theme and help. */
export function Header() {
  const [theme, toggleTheme] = useTheme();
  const helpOpen = useView((state) => state.helpOpen);
  const change = useView((state) => state.change);
  const engine = useEngine();
  return (
    <header className="header">
      <h1 className="brand">
        <Logo />
        <span className="brand-name">Imagemill</span>
      </h1>
      <Dataset />
      <span className="grow" />
      <span className="chip" title="Your images stay on this computer: nothing is uploaded.">
        <ShieldCheck size={14} aria-hidden="true" className="ok" />
        <span className="chip-text">Stays on this computer</span>
      </span>
      <span
        className="chip chip-engine"
        title={`What computes${engine.why && `: ${engine.why}`}, and how many images are worked on at once.`}
      >
        <Cpu size={14} aria-hidden="true" />
        {engine.engine === 'cpu' ? 'CPU' : 'WebGPU'} · {counted(api.workerCount(), 'worker')}
      </span>
      <button type="button" className="icon" onClick={toggleTheme}>
        {theme === 'dark' ? <Sun size={16} aria-hidden="true" /> : <Moon size={16} aria-hidden="true" />}
        <span className="hidden">Switch to {theme === 'dark' ? 'light' : 'dark'}</span>
      </button>
      <button
        type="button"
        className="icon"
        onClick={() => change({ helpOpen: true })}
        aria-haspopup="dialog"
      >
        <CircleHelp size={16} aria-hidden="true" />
        <span className="hidden">Help and keyboard shortcuts</span>
      </button>
      {helpOpen ? (
        <Suspense fallback={null}>
          <HelpDialog />
        </Suspense>
      ) : null}
    </header>
  );
}

/** The engine that a run of this recipe uses here; the CPU until that is known. */
function useEngine(): EngineInfo {
  const wanted = useRecipe((state) => state.recipe.engine);
  const resample = useRecipe((state) => state.recipe.image.resample);
  const [engine, setEngine] = useState<EngineInfo>({ engine: 'cpu', why: '' });
  useEffect(() => {
    let stale = false;
    api.chooseEngine({ engine: wanted, image: { resample } }).then(
      (chosen) => stale || setEngine(chosen),
      // A run says it in full.
      () => stale || setEngine({ engine: 'cpu', why: 'this browser gives no WebGPU adapter' }),
    );
    return () => {
      stale = true;
    };
  }, [wanted, resample]);
  return engine;
}

function Dataset() {
  const { input, plan, entries } = useSources();
  const listing = entries.filter(({ state }) => state === 'listing');
  if (listing.length > 0) {
    const found = entries.reduce((sum, entry) => sum + entry.found, 0);
    return <p className="dataset">Looking… {counted(found, 'image')}</p>;
  }
  if (input === null || plan === null) return null;
  const facts = [counted(plan.images.length, 'image'), bytes(plan.bytes)];
  if (plan.classNames.length > 0) facts.push(`${count(plan.classNames.length)} labels`);
  return (
    <p className="dataset">
      <b>{input.name}</b>
      <span> · {facts.join(' · ')}</span>
    </p>
  );
}
