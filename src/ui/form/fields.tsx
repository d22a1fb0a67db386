import { ChevronRight } from 'lucide-react';
import { useId } from 'react';
import { useRecipe } from '../state/recipe-store';
import { type Field, isShown } from './derive';
import { FieldError, FieldRow, TextControl, useProblem } from './field-row';
import { getAt } from './path';

/** A section's knobs: those that matter now, rarely needed ones folded away, width and height side by side. */
export function Fields({ fields }: { readonly fields: readonly Field[] }) {
  const draft = useRecipe((state) => state.draft);
  const shown = fields.filter((field) => isShown(field, draft));
  const plain = shown.filter(({ advanced }) => !advanced);
  const folded = shown.filter(({ advanced }) => advanced);
  return (
    <>
      {plain.map((field, i) => {
        if (field.name === 'height' && plain[i - 1]?.name === 'width') return null;
        const next = plain[i + 1];
        return field.name === 'width' && next?.name === 'height' ? (
          <SizeRow key={field.id} fields={[field, next]} />
        ) : (
          <FieldRow key={field.id} field={field} />
        );
      })}
      <Folded fields={folded} />
    </>
  );
}

/** Knobs that are rarely needed; open while one of them is wrong. */
export function Folded({
  fields,
  title = 'More',
}: {
  readonly fields: readonly Field[];
  readonly title?: string;
}) {
  const wrong = useRecipe((state) => state.problems.some(({ path }) => fields.some(({ id }) => id === path)));
  if (fields.length === 0) return null;
  return (
    <details className="more" open={wrong || undefined}>
      <summary>
        <ChevronRight size={14} aria-hidden="true" />
        {title}
      </summary>
      {fields.map((field) => (
        <FieldRow key={field.id} field={field} />
      ))}
    </details>
  );
}

/** Width and height in one row. */
function SizeRow({ fields }: { readonly fields: readonly [Field, Field] }) {
  const labelId = useId();
  return (
    <div className="field">
      <fieldset className="field-pair" aria-labelledby={labelId}>
        <span className="field-label" id={labelId}>
          Size
        </span>
        <span className="field-size">
          <SizePart field={fields[0]} />
          <span aria-hidden="true">×</span>
          <SizePart field={fields[1]} />
        </span>
      </fieldset>
      <SizeError field={fields[0]} />
      <SizeError field={fields[1]} />
    </div>
  );
}

function SizePart({ field }: { readonly field: Field }) {
  const value = useRecipe((state) => getAt(state.draft, field.path));
  const set = useRecipe((state) => state.set);
  const problem = useProblem(field.id);
  const attributes = {
    'aria-label': field.label,
    title: field.help ?? undefined,
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': problem ? `${field.id}-error` : undefined,
  };
  return (
    <TextControl
      id={`size-${field.name}`}
      field={field}
      value={value}
      change={(next) => set(field.path, next)}
      attributes={attributes}
    />
  );
}

function SizeError({ field }: { readonly field: Field }) {
  const problem = useProblem(field.id);
  return problem ? <FieldError id={`${field.id}-error`} problem={problem} /> : null;
}
