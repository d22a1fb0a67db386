import { useMemo } from 'react';
import { closedPlaces } from '../../core/cors-rules';
import { CorsRuleList } from '../parts/cors-rule-list';
import { counted } from '../parts/format';
import { useSources } from '../state/source-store';
import type { Noted } from './use-problems';

/** More buckets than these have owners of their own, whom a list does not reach. */
const mostPlaces = 10;

/** The rules that let this page read the links that CORS keeps from it, one set for each bucket. */
export function ClosedPlaces({ failures }: { readonly failures: readonly Noted[] }) {
  const images = useSources((state) => state.plan?.images);
  const places = useMemo(() => {
    const failed = new Set(failures.map(({ key }) => key));
    const urls = (images ?? []).flatMap(({ ref: { key, origin } }) =>
      origin.kind === 'link' && failed.has(key) ? [origin.url] : [],
    );
    return closedPlaces(urls, location.origin);
  }, [failures, images]);
  return (
    <>
      {places.slice(0, mostPlaces).map(({ url, name, links, rules }) => (
        <section key={url} className="closed-place" aria-label={`Rule for the ${name}`}>
          <p>
            For the {name} ({counted(links, 'link')}):
          </p>
          <CorsRuleList rules={rules} />
        </section>
      ))}
      {places.length > mostPlaces ? (
        <p className="closed-place">
          And {counted(places.length - mostPlaces, 'further bucket or server', 'further buckets or servers')}.
        </p>
      ) : null}
    </>
  );
}
