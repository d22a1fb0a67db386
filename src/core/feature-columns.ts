import type { Size } from './image';
import type { AnyKnobs, Extractor, FeatureColumn } from './plugin';
import type { Recipe } from './recipe';

type Extractors = readonly AnyKnobs<Extractor<never>>[];

/** The columns that a recipe's extractors yield, in the order of the recipe; `known` are all that there are. */
export function featureColumns({ features }: Recipe, known: Extractors): readonly FeatureColumn[] {
  return chosen(features, known).flatMap(({ extractor, knobs }) =>
    extractor
      .columns(knobs)
      .map((column) => (column.kind === 'vector' ? { ...column, dtype: features.dtype } : column)),
  );
}

/** The least size that holds what each of the recipe's extractors resizes to; null where there are none. */
export function featureInput({ features }: Recipe, known: Extractors): Size | null {
  const sizes = chosen(features, known).map(({ extractor, knobs }) => extractor.inputSize(knobs));
  if (sizes.length === 0) return null;
  return {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
}

function chosen({ extractors, options }: Recipe['features'], known: Extractors) {
  return extractors.flatMap((id) => {
    const extractor = known.find((each) => each.id === id);
    // The recipe's schema parsed them by the extractor's own.
    return extractor === undefined ? [] : [{ extractor, knobs: options[id] as never }];
  });
}
