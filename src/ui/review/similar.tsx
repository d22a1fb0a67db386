import { useEffect, useMemo, useState } from 'react';
import type { ImageRef } from '../../core/image';
import type { Near } from '../api';
import { useReview } from '../state/review-store';
import { useSources } from '../state/source-store';
import { Thumb } from './thumb';

/** As many as fit in two rows. */
const most = 12;

/** The images that look most like one, once they were looked at. */
export function Similar({ image }: { readonly image: ImageRef }) {
  const analysis = useReview((state) => state.analysis);
  const plan = useSources((state) => state.plan);
  const images = useMemo(() => new Map(plan?.images.map((each) => [each.ref.key, each])), [plan]);
  const places = useMemo(() => new Map(analysis?.keys.map((key, at) => [key, at])), [analysis]);
  const [near, setNear] = useState<readonly Near[]>([]);
  useEffect(() => {
    let wanted = true;
    setNear([]);
    const place = places.get(image.key);
    if (analysis === null || place === undefined) return;
    // It rejects only when its worker is gone, with the analysis.
    analysis.similar(place, most).then(
      (found) => wanted && setNear(found),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [analysis, places, image]);
  if (analysis === null || near.length === 0) return null;
  return (
    <section className="similar" aria-label="Similar images">
      <h3>Similar images</h3>
      <ol>
        {near.map(({ row, cosine }) => {
          const key = analysis.keys[row] ?? '';
          const found = images.get(key);
          return found ? (
            <li key={key} title={key}>
              <Thumb image={found.ref} side={160} label={key} />
              <span className="similar-words">
                <b>{cosine.toFixed(2)}</b> {found.label ?? 'no label'}
              </span>
            </li>
          ) : null;
        })}
      </ol>
    </section>
  );
}
