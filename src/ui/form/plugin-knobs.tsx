import { useMemo } from 'react';
import type { z } from 'zod';
import { deriveKnobs, type Field } from './derive';
import { Fields } from './fields';

interface Plugin {
  readonly id: string;
  readonly label: string;
  readonly knobs: z.ZodType;
}

/** The knobs of the plug-ins that are chosen, each's under its label; they lie below `path` by its id. */
export function PluginKnobs(props: {
  readonly plugins: readonly Plugin[];
  readonly chosen: readonly string[];
  readonly path: readonly string[];
}) {
  const { plugins, chosen, path } = props;
  return plugins
    .filter(({ id }) => chosen.includes(id))
    .map((plugin) => <Knobs key={plugin.id} plugin={plugin} path={path} />);
}

function Knobs({
  plugin: { id, label, knobs },
  path,
}: {
  readonly plugin: Plugin;
  readonly path: readonly string[];
}) {
  const fields = useMemo(() => deriveKnobs(knobs, [...path, id]), [knobs, path, id]);
  if (fields.length === 0) return null;
  return (
    <fieldset className="format-knobs">
      <legend>{label}</legend>
      <Fields fields={fields} />
    </fieldset>
  );
}

/** Plug-ins that are chosen go by their ids, which people type; what they are is the hint. */
export function namedById(field: Field, plugins: readonly Plugin[]): Field {
  const { control } = field;
  if (control.kind !== 'chips') return field;
  const labels = new Map(plugins.map(({ id, label }) => [id, label]));
  const options = control.options.map(({ value }) => ({
    value,
    label: value,
    hint: labels.get(value) ?? null,
  }));
  return { ...field, control: { ...control, options } };
}
