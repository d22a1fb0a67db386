import { useMemo } from 'react';
import { api } from '../api';
import { canPickFolder } from '../source/pick';
import { useRecipe } from '../state/recipe-store';
import type { Field } from './derive';
import { Fields } from './fields';
import { namedById, PluginKnobs } from './plugin-knobs';
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
      <PluginKnobs plugins={api.registry.formats} chosen={output.formats} path={optionsPath} />
      <Fields fields={fields.filter((field) => field.name !== 'formats' && matters(field))} />
      {output.target === 'directory' && !canPickFolder() ? (
        <p className="note bad">This browser has no folder picker. Choose the zip file.</p>
      ) : null}
    </section>
  );
}

const optionsPath = ['output', 'options'];

/** Targets go by their labels, and the command line's own is not offered. */
function nameChoices(field: Field): Field {
  const { control } = field;
  if (field.name === 'formats') return namedById(field, api.registry.formats);
  if (field.name === 'target' && control.kind === 'choice') {
    const labels = new Map(api.registry.targets.map(({ id, label }) => [id, label]));
    const options = control.options
      .filter(({ value }) => value !== 'server')
      .map(({ value, hint }) => ({ value, label: labels.get(value) ?? value, hint }));
    return { ...field, control: { ...control, options } };
  }
  return field;
}
