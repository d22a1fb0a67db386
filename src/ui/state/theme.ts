import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const stored = 'imagemill-theme';
const systemDark = () => matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Puts the remembered theme on the page; without one the system's choice holds. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(stored);
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

/** Gives the theme that is seen now and a switch to the other one; the system's own choice is not remembered. */
export function useTheme(): readonly [Theme, () => void] {
  const theme = useSyncExternalStore(subscribe, current);
  const toggle = () => {
    const next = current() === 'dark' ? 'light' : 'dark';
    if (next === (systemDark().matches ? 'dark' : 'light')) localStorage.removeItem(stored);
    else localStorage.setItem(stored, next);
    applyTheme();
    for (const listener of listeners) listener();
  };
  return [theme, toggle];
}

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemDark().matches ? 'dark' : 'light';
}

function subscribe(changed: () => void): () => void {
  const system = systemDark();
  listeners.add(changed);
  system.addEventListener('change', changed);
  return () => {
    listeners.delete(changed);
    system.removeEventListener('change', changed);
  };
}
