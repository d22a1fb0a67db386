import { useMemo } from 'react';
import { api } from '../api';
import { canPickFolder } from '../source/pick';
import { useRecipe } from '../state/recipe-store';
import { deriveKnobs, type Field } from './derive';
import { Fields } from './fields';
import { sectionNamed } from './sections';

/** What is written and where: formats as chips, the chosen ones' knobs, the target. */
export function OutputSection() {
  const { output } = useRecipe((state) => state.recipe);
  const chosen = api.registry.formats.filter(({ id }) => output.formats.includes(id));
  // Knobs were parsed with the recipe by the format's own schema.
  const pictures = chosen.some((format) => format.needs((output.options[format.id] ?? {}) as never).picture);
  const fields = useMemo(() => sectionNamed('output').fields.map(nameChoices), []);
  const matters = ({ name }: Field) =>
    (pictures || !name.startsWith('picture_')) &&
    !(name === 'picture_quality' && output.picture_type === 'png');
  return (
    <section aria-label="Output" className="output">
      <h2>Output</h2>
      <Fields fields={fields.filter(({ name }) => name === 'formats')} />
      {chosen.map(({ id, label }) => (
        <FormatKnobs key={id} id={id} label={label} />
      ))}
      <Fields fields={fields.filter((field) => field.name !== 'formats' && matters(field))} />
      {output.target === 'directory' && !canPickFolder() ? (
        <p className="note bad">This browser has no folder picker. Choose the zip file.</p>
      ) : null}
    </section>
  );
}

function FormatKnobs({ id, label }: { readonly id: string; readonly label: string }) {
  const fields = useMemo(() => {
    const format = api.registry.formats.find((each) => each.id === id);
    return format ? deriveKnobs(format.knobs, ['output', 'options', id]) : [];
  }, [id]);
  if (fields.length === 0) return null;
  return (
    <fieldset className="format-knobs">
      <legend>{label}</legend>
      <Fields fields={fields} />
    </fieldset>
  );
}

/** Formats go by their ids, which people type; targets by their labels, and the command line's own is not offered. */
function nameChoices(field: Field): Field {
  const { control } = field;
  if (control.kind !== 'chips' && control.kind !== 'choice') return field;
  if (field.name === 'formats') {
    const labels = new Map(api.registry.formats.map(({ id, label }) => [id, label]));
    const options = control.options.map(({ value }) => ({
      value,
      label: value,
      hint: labels.get(value) ?? null,
    }));
    return { ...field, control: { ...control, options } };
  }
  if (field.name === 'target') {
    const labels = new Map(api.registry.targets.map(({ id, label }) => [id, label]));
    const options = control.options
      .filter(({ value }) => value !== 'server')
      .map(({ value, hint }) => ({ value, label: labels.get(value) ?? value, hint }));
    return { ...field, control: { ...control, options } };
  }
  return field;
}
