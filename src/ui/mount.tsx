import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/overlays.css';
import './styles/charts.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/form.css';
import './styles/empty.css';
import './styles/images.css';
import './styles/run-bar.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { assert } from '../base/assert';
import { api } from './api';
import { App } from './app';
import { useRun } from './state/run-store';
import { startPlanning } from './state/source-store';
import { applyTheme } from './state/theme';

/** Puts the page into its document. */
export function mount(): void {
  applyTheme();
  startPlanning();
  void useRun.getState().refreshSaved();
  api.sweepUnpacked().catch(() => undefined); // where no storage is, or nothing in it, nothing was left behind
  const root = document.getElementById('root');
  assert(root, 'index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <App />
      </CSPProvider>
    </StrictMode>,
  );
}
