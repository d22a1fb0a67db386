import { useId } from 'react';
import type { Plan } from '../../core/plan';
import { isShown } from '../form/derive';
import { Folded } from '../form/fields';
import { sectionNamed } from '../form/sections';
import { useRecipe } from '../state/recipe-store';
import { SplitBar } from './split-bar';

/** The splits as a bar; how they are cut is told in a line that opens. */
export function SplitSection({ plan }: { readonly plan: Plan | null }) {
  const headingId = useId();
  const { split, seed } = useRecipe((state) => state.recipe);
  const draft = useRecipe((state) => state.draft);
  const fields = [
    ...sectionNamed('split').fields,
    ...sectionNamed('').fields.filter(({ name }) => name === 'seed'),
  ];
  const how = {
    ratio: `${split.stratify ? 'Stratified by label' : 'By chance'}, seed ${seed}`,
    folder: 'From folder names',
    none: 'All is for training',
  }[split.by];
  return (
    <section aria-labelledby={headingId}>
      <h2 id={headingId}>Split</h2>
      {plan && plan.images.length > 0 ? <SplitBar plan={plan} /> : null}
      <Folded fields={fields.filter((field) => isShown(field, draft))} title={how} />
    </section>
  );
}
