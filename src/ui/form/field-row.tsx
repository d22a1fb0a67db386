import { type ReactNode, useId, useState } from 'react';
import type { RecipeProblem } from '../../core/failure';
import { Segmented } from '../parts/segmented';
import { useRecipe } from '../state/recipe-store';
import { useView } from '../state/view-store';
import { Chips } from './chips';
import type { Field, Option } from './derive';
import { linkedTo } from './links';
import { getAt } from './path';

/** More letters than this do not fit side by side in a panel, and the choice becomes a list. */
const segmentedLetters = 19;

/** One knob with its label, unit, help and what is wrong with it. */
export function FieldRow({ field }: { readonly field: Field }) {
  const value = useRecipe((state) => getAt(state.draft, field.path));
  const problem = useProblem(field.id);
  const errorId = useId();
  const described = problem ? errorId : undefined;
  return (
    <div className="field" data-kind={field.control.kind}>
      <ControlOf field={field} value={value} describedBy={described} />
      {problem ? <FieldError id={errorId} problem={problem} /> : null}
    </div>
  );
}

/** What is wrong with the knob at a path, or null. */
export function useProblem(id: string): RecipeProblem | null {
  return useRecipe(
    (state) => state.problems.find(({ path }) => path === id || path.startsWith(`${id}[`)) ?? null,
  );
}

/** A problem, at its field. */
export function FieldError({ id, problem }: { readonly id: string; readonly problem: RecipeProblem }) {
  return (
    <p className="field-error" id={id}>
      {problem.message}
    </p>
  );
}

interface ControlProps {
  readonly field: Field;
  readonly value: unknown;
  readonly describedBy: string | undefined;
}

function ControlOf({ field, value, describedBy }: ControlProps) {
  const set = useRecipe((state) => state.set);
  const id = useId();
  const change = (next: unknown) => {
    const { draft, recipe, load } = useRecipe.getState();
    const link = linkedTo(field.id, next, recipe);
    set(field.path, next);
    if (link === null) return;
    set(link.path, link.value);
    useView.getState().notify(link.text, { undo: () => load(draft) });
  };
  const { control, label } = field;
  const attributes = { 'aria-describedby': describedBy, 'aria-invalid': describedBy ? true : undefined };
  if (control.kind === 'switch') {
    return (
      <label className="field-switch" title={field.help ?? undefined}>
        <span>{label}</span>
        <input
          type="checkbox"
          role="switch"
          className="switch"
          checked={value === true}
          aria-checked={value === true}
          onChange={(event) => change(event.target.checked)}
          {...attributes}
        />
      </label>
    );
  }
  if (control.kind === 'choice' && fitsSegmented(control.options)) {
    return (
      <Labelled label={label} help={field.help}>
        <Segmented
          label={label}
          options={control.options}
          value={value}
          onChange={change}
          describedBy={describedBy}
          invalid={describedBy !== undefined}
        />
      </Labelled>
    );
  }
  if (control.kind === 'chips') {
    return (
      <Labelled label={label} help={field.help}>
        <Chips
          label={label}
          options={control.options}
          value={value}
          onChange={change}
          describedBy={describedBy}
        />
      </Labelled>
    );
  }
  return (
    <Labelled label={label} help={field.help} htmlFor={id}>
      {control.kind === 'choice' ? (
        <select
          id={id}
          className="input"
          value={String(value)}
          onChange={(event) => change(event.target.value)}
          {...attributes}
        >
          {control.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.hint && option.hint.length < 24 ? `${option.label} (${option.hint})` : option.label}
            </option>
          ))}
        </select>
      ) : (
        <TextControl id={id} field={field} value={value} change={change} attributes={attributes} />
      )}
    </Labelled>
  );
}

/** A label at the left and a control at the right; clicking a label without a single control does nothing. */
export function Labelled(props: {
  readonly label: string;
  readonly help: string | null;
  readonly htmlFor?: string;
  readonly children: ReactNode;
}) {
  const { label, help, htmlFor, children } = props;
  return (
    <div className="field-pair">
      {htmlFor ? (
        <label htmlFor={htmlFor} title={help ?? undefined}>
          {label}
        </label>
      ) : (
        <span className="field-label" title={help ?? undefined} aria-hidden="true">
          {label}
        </span>
      )}
      {children}
    </div>
  );
}

const fitsSegmented = (options: readonly Option[]) =>
  options.length <= 4 &&
  options.reduce((letters, { label }) => letters + label.length, 0) <= segmentedLetters;

interface TextProps {
  readonly id: string;
  readonly field: Field;
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  change(value: unknown): void;
}

/** Numbers, colours and text: typed freely, checked by the recipe's schema, told at the field. */
export function TextControl({ id, field, value, change, attributes }: TextProps) {
  const { control, unit } = field;
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? textOf(value);
  const onChange = (next: string) => {
    setTyped(next);
    change(read(next, control.kind));
  };
  const shared = { id, className: 'input', onBlur: () => setTyped(null), ...attributes };
  if (control.kind === 'colour') {
    const valid = /^#[0-9a-f]{6}$/i.test(text);
    return (
      <span className="field-colour">
        <input
          type="color"
          aria-label={`${field.label}, picker`}
          value={valid ? text : '#000000'}
          onChange={(event) => onChange(event.target.value)}
        />
        <input
          {...shared}
          value={text}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      </span>
    );
  }
  if (control.kind === 'number') {
    return (
      <span className="field-number">
        <input
          {...shared}
          type="number"
          step={control.integer ? 1 : stepOf(control.max)}
          min={control.min ?? undefined}
          max={control.max ?? undefined}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
        {unit ? <span className="unit">{unit}</span> : null}
      </span>
    );
  }
  return (
    <input {...shared} value={text} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
  );
}

const stepOf = (max: number | null) =>
  max !== null && max <= 1 ? 0.05 : max !== null && max <= 10 ? 0.1 : 1;

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return value === null || value === undefined ? '' : String(value);
}

/** What cannot be read stays as it was typed, and the schema says what is wrong with it. */
function read(text: string, kind: string): unknown {
  if (kind === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'numbers')
    return text
      .split(/[,\s]+/)
      .filter(Boolean)
      .map((part) => (Number.isNaN(Number(part)) ? part : Number(part)));
  return text;
}
