import { parse } from 'yaml';
import { type Assignment, readBoolean, UsageError } from './arguments';
import type { SchemaNode } from './knobs';

/** A recipe in the making: plain objects, not yet checked. */
export type LooseRecipe = Record<string, unknown>;

/**
 * Puts flags into a recipe, each value as its knob's type. What does not fit the type goes in as it is: the schema says
 * what is wrong with it, in the words that the page uses.
 */
export function applyKnobs(
  recipe: Readonly<LooseRecipe>,
  assignments: readonly Assignment[],
  schema: SchemaNode,
): LooseRecipe {
  const result = structuredClone(recipe);
  for (const assignment of assignments) {
    const { path, step, knob, node } = assignment.flag;
    if (step === null) setAt(result, path, readValue(node, assignment));
    else
      setAt(result, path, withStep(stepsOf(result, path, schema), step, knob, readValue(node, assignment)));
  }
  return result;
}

/** Reads `224` and `224x160`. */
export function readImageSize(text: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^0*([1-9]\d*)(?:\s*[x×,]\s*0*([1-9]\d*))?$/i.exec(text.trim()) ?? [];
  if (width === undefined)
    throw new UsageError(`--image_size is ${JSON.stringify(text)}; expected pixels like 224 or 224x160.`);
  return { width: Number(width), height: Number(height ?? width) };
}

/** The value at a path, or undefined. */
export function getAt(recipe: Readonly<LooseRecipe>, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (isObject(node) ? node[name] : undefined), recipe);
}

/** Sets the value at a path, making the objects on the way. */
export function setAt(recipe: LooseRecipe, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (rest.length === 0) {
    recipe[name] = value;
    return;
  }
  const inner = recipe[name];
  const object = isObject(inner) ? inner : {};
  recipe[name] = object;
  setAt(object, rest, value);
}

function readValue(node: SchemaNode, { values, written }: Assignment): unknown {
  if (node.type === 'array') {
    if (node.items?.anyOf) return readSteps(values.join(' '), written);
    const words = values
      .flatMap((value) => value.replace(/^\[|\]$/g, '').split(','))
      .map((word) => word.trim());
    return words.filter((word) => word !== '').map((word) => readScalar(node.items ?? {}, word));
  }
  return readScalar(node, values[0] ?? 'true');
}

function readScalar(node: SchemaNode, text: string): unknown {
  if (node.type === 'boolean') return readBoolean(text) ?? text;
  if (node.type === 'number' || node.type === 'integer') {
    const number = Number(text);
    return text.trim() === '' || Number.isNaN(number) ? text : number;
  }
  return text;
}

/** Steps as YAML, `[{rotate: {degrees: 15}}, flip-vertical]`, or as names alone, `rotate,flip-vertical`. */
function readSteps(text: string, written: string): unknown {
  let steps: unknown;
  try {
    steps = parse(text.trim().startsWith('[') ? text : `[${text}]`);
  } catch (error) {
    const told = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new UsageError(
      `${written} is ${JSON.stringify(text)}, which is not YAML (${told}). Like [{rotate: {degrees: 15}}].`,
    );
  }
  return Array.isArray(steps)
    ? steps.map((step) => (typeof step === 'string' ? { [step]: {} } : step))
    : steps;
}

/** The steps that the recipe has so far, or the schema's default ones. */
function stepsOf(recipe: LooseRecipe, path: readonly string[], schema: SchemaNode): readonly unknown[] {
  const own = getAt(recipe, path);
  if (Array.isArray(own)) return own;
  const node = path.reduce<SchemaNode | undefined>((at, name) => at?.properties?.[name], schema);
  return Array.isArray(node?.default) ? structuredClone(node.default) : [];
}

/** Sets a knob in every step of that kind, or adds one. */
function withStep(steps: readonly unknown[], step: string, knob: string, value: unknown): unknown[] {
  const has = steps.some((entry) => isObject(entry) && step in entry);
  if (!has) return [...steps, { [step]: { [knob]: value } }];
  return steps.map((entry) => {
    if (!isObject(entry) || !(step in entry)) return entry;
    const inner = entry[step];
    return { [step]: { ...(isObject(inner) ? inner : {}), [knob]: value } };
  });
}

function isObject(value: unknown): value is LooseRecipe {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
