import { CircleHelp, Cpu, Moon, ShieldCheck, Sun } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { api } from './api';
import { Logo } from './logo';
import { bytes, count, counted } from './parts/format';
import { useSources } from './state/source-store';
import { useTheme } from './state/theme';
import { useView } from './state/view-store';

const HelpDialog = lazy(() => import('./help-dialog').then((m) => ({ default: m.HelpDialog })));

/** Name, what is loaded, that nothing leaves, which engine, theme and help. */
export function Header() {
  const [theme, toggleTheme] = useTheme();
  const helpOpen = useView((state) => state.helpOpen);
  const change = useView((state) => state.change);
  const { engine, workers } = api.engineInfo();
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
      <span className="chip chip-engine" title="What computes, and how many images are worked on at once.">
        <Cpu size={14} aria-hidden="true" />
        {engine === 'cpu' ? 'CPU' : 'WebGPU'} · {counted(workers, 'worker')}
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
