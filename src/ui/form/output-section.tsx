import { useMemo } from 'react';
import { dtypeBytes } from '../../core/row';
import { api } from '../api';
import { bytes, counted } from '../parts/format';
import { canPickFolder } from '../source/pick';
import { useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';
import { deriveKnobs } from './derive';
import { FieldRow } from './field-row';
import { Fields } from './fields';
import { sectionNamed } from './sections';

/** What is written and where: formats as chips, the chosen ones' knobs, and about how much it will be. */
export function OutputSection() {
  const { output } = useRecipe((state) => state.recipe);
  const { fields } = sectionNamed('output');
  const chosen = api.registry.formats.filter(({ id }) => output.formats.includes(id));
  // Knobs were parsed with the recipe by the format's own schema.
  const pictures = chosen.some((format) => format.needs((output.options[format.id] ?? {}) as never).picture);
  const formats = fields.filter(({ name }) => name === 'formats');
  const rest = fields.filter(
    ({ name }) =>
      name !== 'formats' &&
      (pictures || !name.startsWith('picture_')) &&
      !(name === 'picture_quality' && output.picture_type === 'png') &&
      (name !== 'target' || api.registry.targets.length > 1),
  );
  return (
    <section aria-label="Output" className="output">
      <h2>Output</h2>
      <Fields fields={formats} />
      {chosen.map(({ id, label }) => (
        <FormatKnobs key={id} id={id} label={label} />
      ))}
      <Fields fields={rest} />
      {output.target === 'directory' && !canPickFolder() ? (
        <p className="note bad">This browser has no folder picker. Choose zip.</p>
      ) : null}
      <Estimate />
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
      {fields.map((field) => (
        <FieldRow key={field.id} field={field} />
      ))}
    </fieldset>
  );
}

/** Rows and the size of their tensors: what can be known before the first pixel is decoded. */
function Estimate() {
  const plan = useSources((state) => state.plan);
  const { image, normalise, output } = useRecipe((state) => state.recipe);
  if (plan === null || plan.images.length === 0) return null;
  const rows = plan.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const chosen = api.registry.formats.filter(({ id }) => output.formats.includes(id));
  const tensors = chosen.filter((format) => format.needs((output.options[format.id] ?? {}) as never).tensor);
  const fixed = image.fit === 'cover' || image.fit === 'contain' || image.fit === 'stretch';
  const channels = image.colour === 'grey' ? 1 : 3;
  const size = rows * image.width * image.height * channels * dtypeBytes[normalise.dtype];
  const where = output.target === 'zip' ? 'in a zip' : 'in a folder that you choose on Run';
  return (
    <p className="note">
      {counted(rows, 'row')}
      {tensors.length > 0 && fixed ? `, about ${bytes(size)} of arrays` : ''}, {where}.
      {plan.shards.length > 1 ? ` ${counted(plan.shards.length, 'shard')}.` : ''}
    </p>
  );
}
