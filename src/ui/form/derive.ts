import { z } from 'zod';
import type { KnobMeta } from '../../core/knobs';
import { formatPath, getAt, type KnobPath } from './path';

/** A value that can be chosen, with its words. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** A few words of explanation, or null. */
  readonly hint: string | null;
}

/** How a knob is edited. */
export type Control =
  | { readonly kind: 'choice'; readonly options: readonly Option[] }
  | { readonly kind: 'chips'; readonly options: readonly Option[] }
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'number';
      readonly integer: boolean;
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: 'numbers' }
  | { readonly kind: 'colour' }
  | { readonly kind: 'text' };

/** One knob of the form. */
export interface Field {
  readonly path: KnobPath;
  /** The path in words: `image.width`. */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly help: string | null;
  readonly unit: string | null;
  readonly flag: string;
  readonly advanced: boolean;
  readonly when: KnobMeta['when'] | null;
  readonly fallback: unknown;
  readonly control: Control;
}

/** The knobs of one part of the recipe. */
export interface Section {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** What zod writes of a knob, with the words of {@link KnobMeta} beside the keywords of JSON Schema. */
interface Node extends KnobMeta {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** Derives the form's sections from the recipe's schema, in its order; top-level knobs are the section `''`. */
export function deriveSections(schema: z.ZodType): readonly Section[] {
  const root = jsonSchemaOf(schema);
  const sections: Section[] = [];
  const own: Field[] = [];
  for (const [name, node] of Object.entries(root.properties ?? {})) {
    if (node.properties) sections.push({ name, fields: fieldsOf(node, [name]) });
    else {
      const field = fieldOf(node, [name]);
      if (field) own.push(field);
    }
  }
  return [...sections, { name: '', fields: own }];
}

/** Derives the fields of a plug-in's own knobs, at `path` in the recipe. */
export function deriveKnobs(schema: z.ZodType, path: KnobPath): readonly Field[] {
  return fieldsOf(jsonSchemaOf(schema), path);
}

/** Says whether a knob matters, given the other values of the recipe. */
export function isShown(field: Field, recipe: unknown): boolean {
  if (!field.when) return true;
  return Object.entries(field.when).every(([path, values]) =>
    values.includes(getAt(recipe, path.split('.'))),
  );
}

function jsonSchemaOf(schema: z.ZodType): Node {
  // JSON Schema is wide; Node states the part that knobs use.
  return z.toJSONSchema(schema, { unrepresentable: 'any' }) as Node;
}

function fieldsOf(node: Node, path: KnobPath): Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const field = fieldOf(child, [...path, name]);
    return field ? [field] : [];
  });
}

/** Only what has a label is a knob; versions, steps and options have places of their own. */
function fieldOf(node: Node, path: KnobPath): Field | null {
  const name = String(path.at(-1));
  if (node.label === undefined) return null;
  return {
    path,
    id: formatPath(path),
    name,
    label: node.label,
    help: node.help ?? null,
    unit: node.unit ?? null,
    flag: node.flag ?? name,
    advanced: node.advanced ?? false,
    when: node.when ?? null,
    fallback: node.default,
    control: controlOf(node),
  };
}

function controlOf(node: Node): Control {
  if (node.enum) return { kind: 'choice', options: optionsOf(node.enum, node.help) };
  if (node.type === 'boolean') return { kind: 'switch' };
  if (node.type === 'integer' || node.type === 'number') {
    const min = node.minimum ?? node.exclusiveMinimum ?? null;
    return { kind: 'number', integer: node.type === 'integer', min, max: node.maximum ?? null };
  }
  if (node.type === 'array' && node.items?.enum) {
    return { kind: 'chips', options: optionsOf(node.items.enum, node.help) };
  }
  if (node.type === 'array') return { kind: 'numbers' };
  if (node.pattern?.startsWith('^#')) return { kind: 'colour' };
  return { kind: 'text' };
}

/** Takes each value's words from the help's `value: words;`, so that they are written once. */
function optionsOf(values: readonly string[], help: string | undefined): Option[] {
  const hints = new Map<string, string>();
  for (const part of (help ?? '').split(/;|\.(?=\s|$)/)) {
    const at = part.indexOf(':');
    if (at > 0) hints.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return values.map((value) => ({ value, label: wordOf(value), hint: hints.get(value) ?? null }));
}

/** Values that are names of their own and keep their case. */
const names: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  rgb: 'RGB',
  srgb: 'sRGB',
  imagenet: 'ImageNet',
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
};

function wordOf(value: string): string {
  if (names[value]) return names[value];
  if (/^(u?int|float)\d+$/.test(value)) return value;
  const words = value.replaceAll('-', ' ').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
