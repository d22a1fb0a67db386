import type { PreviewPicture, PreviewShown } from '../api';
import { Segmented } from '../parts/segmented';
import { Compare, type Layer } from './compare';
import { Pair } from './pair';

export type Way = 'side-by-side' | 'compare';

const ways = [
  { value: 'side-by-side', label: 'Side by side', hint: null },
  {
    value: 'compare',
    label: 'Compare',
    hint: 'One over the other, with a bar between them; enlarge to see pixels',
  },
] as const;

/** Chooses between the two ways to look. */
export function WayChoice({ way, choose }: { readonly way: Way; choose(way: Way): void }) {
  return (
    <Segmented
      label="How to look"
      options={ways}
      value={way}
      onChange={(value) => choose(value === 'compare' ? 'compare' : 'side-by-side')}
    />
  );
}

interface LookProps {
  readonly shown: PreviewShown;
  readonly way: Way;
  /** Number of the copy that is looked at; 0 is the plain row. */
  readonly chosen: number;
}

const seenName = 'What the model sees';

/** The picture before and after: the original and the plain row, or, of a copy that is chosen, the plain row and the copy. */
export function Look({ shown, way, chosen }: LookProps) {
  const copy = shown.copies[chosen - 1] ?? null;
  const row = copy ?? shown.seen;
  if (way === 'side-by-side')
    return <Pair shown={shown} row={row} rowName={copy ? `${seenName}: copy ${chosen}` : seenName} />;
  return (
    <Compare
      before={copy ? rowLayer(shown.seen, seenName) : originalLayer(shown)}
      after={rowLayer(row, copy ? `Copy ${chosen}` : seenName)}
      width={row.bitmap.width}
      height={row.bitmap.height}
    />
  );
}

const rowLayer = ({ bitmap }: PreviewPicture, name: string): Layer => ({
  bitmap,
  name,
  place: [0, 0, 1, 1],
});

/** The original laid so that what became of it lies where it came from. */
function originalLayer({ original, place, decoded }: PreviewShown): Layer {
  const { box, inner, outer, left, top } = place;
  const across = inner.width / (box.right - box.left) / outer.width;
  const down = inner.height / (box.bottom - box.top) / outer.height;
  return {
    bitmap: original,
    name: 'Original',
    place: [
      left / outer.width - box.left * across,
      top / outer.height - box.top * down,
      decoded.width * across,
      decoded.height * down,
    ],
  };
}
