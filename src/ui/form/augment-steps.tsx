import { ArrowDown, ArrowUp, ChevronRight, Plus, X } from 'lucide-react';
import { useMemo } from 'react';
import type { z } from 'zod';
import { api } from '../api';
import { useRecipe } from '../state/recipe-store';
import { useView } from '../state/view-store';
import { deriveKnobs } from './derive';
import { FieldRow } from './field-row';
import { figureOf } from './figure-of';
import { getAt } from './path';

const stepsPath = ['augment', 'steps'] as const;

/** The augmentation steps in the order in which they are applied: add, remove, reorder, turn their knobs. */
export function AugmentSteps() {
  const value = useRecipe((state) => getAt(state.draft, stepsPath));
  const set = useRecipe((state) => state.set);
  const notify = useView((state) => state.notify);
  // The schema checks the draft; here a step is only its name and its knobs.
  const steps = (Array.isArray(value) ? value : []) as readonly Readonly<Record<string, unknown>>[];
  const ids = steps.map((step) => Object.keys(step)[0] ?? '');
  const move = (from: number, to: number) => {
    const next = [...steps];
    const [step] = next.splice(from, 1);
    if (step) next.splice(to, 0, step);
    set(stepsPath, next);
  };
  const remove = (at: number) => {
    set(stepsPath, steps.filter((_, i) => i !== at)); // biome-ignore format: one thought
    notify(`${labelOf(ids[at] ?? '')} removed.`, { undo: () => set(stepsPath, steps) });
  };
  const add = (id: string) => {
    const transform = api.registry.transforms.find((each) => each.id === id);
    if (transform) set(stepsPath, [...steps, { [id]: (transform.knobs as z.ZodType).parse({}) }]);
  };
  return (
    <div className="steps">
      <ol>
        {ids.map((id, i) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: the same step may come twice; its place is its identity
            key={`${id}-${i}`}
            id={id}
            at={i}
            last={i === ids.length - 1}
            knobs={steps[i]?.[id]}
            move={move}
            remove={remove}
          />
        ))}
      </ol>
      <label className="add-step">
        <Plus size={14} aria-hidden="true" />
        <span className="hidden">Add a step</span>
        <select value="" onChange={(event) => add(event.target.value)}>
          <option value="" disabled>
            Add a step
          </option>
          {api.registry.transforms.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface StepProps {
  readonly id: string;
  readonly at: number;
  readonly last: boolean;
  readonly knobs: unknown;
  move(from: number, to: number): void;
  remove(at: number): void;
}

function Step({ id, at, last, knobs, move, remove }: StepProps) {
  const fields = useMemo(() => {
    const transform = api.registry.transforms.find((each) => each.id === id);
    return transform ? deriveKnobs(transform.knobs, [...stepsPath, at, id]) : [];
  }, [id, at]);
  const label = labelOf(id);
  return (
    <li>
      <details className="step">
        <summary>
          <ChevronRight size={14} aria-hidden="true" />
          <span>{label}</span>
          <small>{fields[0] ? figureOf(fields[0], getAt(knobs, [fields[0].name])) : ''}</small>
        </summary>
        {fields.map((field) => (
          <FieldRow key={field.id} field={field} />
        ))}
        <div className="step-tools">
          <button type="button" className="icon" disabled={at === 0} onClick={() => move(at, at - 1)}>
            <ArrowUp size={14} aria-hidden="true" />
            <span className="hidden">Move {label} up</span>
          </button>
          <button type="button" className="icon" disabled={last} onClick={() => move(at, at + 1)}>
            <ArrowDown size={14} aria-hidden="true" />
            <span className="hidden">Move {label} down</span>
          </button>
          <button type="button" className="icon" onClick={() => remove(at)}>
            <X size={14} aria-hidden="true" />
            <span className="hidden">Remove {label}</span>
          </button>
        </div>
      </details>
    </li>
  );
}

const labelOf = (id: string) => api.registry.transforms.find((each) => each.id === id)?.label ?? id;
