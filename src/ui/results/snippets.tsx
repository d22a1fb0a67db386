import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { RunReport } from '../../core/report';
import { Segmented } from '../parts/segmented';
import { useView } from '../state/view-store';

/** For each format the few lines of Python that load it. */
export function Snippets({ python }: Pick<RunReport, 'python'>) {
  const [chosen, setChosen] = useState('');
  const notify = useView((state) => state.notify);
  const shown = python.find(({ format }) => format === chosen) ?? python[0];
  if (shown === undefined) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(shown.code);
    notify('The lines are copied.');
  };
  return (
    <section aria-label="Load it in Python" className="snippets">
      <div className="snippets-head">
        <h3>Load it in Python</h3>
        {python.length > 1 ? (
          <Segmented
            label="Format"
            options={python.map(({ format }) => ({ value: format, label: format, hint: null }))}
            value={shown.format}
            onChange={setChosen}
          />
        ) : null}
        <span className="grow" />
        <button type="button" className="button small" onClick={copy}>
          <Copy size={14} aria-hidden="true" />
          Copy
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="code" tabIndex={0}>
        <code>{shown.code}</code>
      </pre>
    </section>
  );
}
