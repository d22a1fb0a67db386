import { useId, useState } from 'react';
import { pastedList } from '../source/pick';
import { useRun } from '../state/run-store';
import { useSources } from '../state/source-store';

/** Takes fresh links in the place of expired or refused ones, and retries those images. */
export function FreshLinks() {
  const [text, setText] = useState<string | null>(null);
  const id = useId();
  const { report, retry } = useRun();
  const refresh = useSources((state) => state.refreshLinks);
  if (text === null) {
    return (
      <button type="button" className="button small" onClick={() => setText('')}>
        Paste fresh links
      </button>
    );
  }
  return (
    <form
      className="bucket-form fresh-links"
      onSubmit={(event) => {
        event.preventDefault();
        setText(null);
        void refresh(pastedList(text)).then(() => (report ? retry() : undefined));
      }}
    >
      <label htmlFor={id}>Fresh links to the same images</label>
      <textarea
        id={id}
        className="input links-text"
        value={text}
        rows={4}
        autoComplete="off"
        spellCheck={false}
        required
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row">
        <button type="submit" className="button">
          {report ? 'Retry with them' : 'Use them'}
        </button>
        <button type="button" className="button" onClick={() => setText(null)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
