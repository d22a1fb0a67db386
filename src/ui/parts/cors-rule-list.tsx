import { Copy } from 'lucide-react';
import type { CorsRule } from '../../core/cors-rules';
import { useView } from '../state/view-store';

/** The rules that would let this page read, folded, each to be copied as it is. */
export function CorsRuleList({ rules }: { readonly rules: readonly Pick<CorsRule, 'title' | 'text'>[] }) {
  const notify = useView((state) => state.notify);
  return rules.map(({ title, text }) => (
    <details key={title} className="bucket-rule">
      <summary>{title}</summary>
      <pre>{text}</pre>
      <button
        type="button"
        className="link"
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          notify('The rule is copied.');
        }}
      >
        <Copy size={14} aria-hidden="true" />
        Copy
      </button>
    </details>
  ));
}
