import { api } from '../api';
import { deriveSections, type Section } from './derive';

let derived: readonly Section[] | null = null;

/** The form's sections, derived once from the recipe's schema. */
export function sections(): readonly Section[] {
  derived ??= deriveSections(api.schema);
  return derived;
}

/** The section of a name; empty when the schema has none. */
export function sectionNamed(name: string): Section {
  return sections().find((section) => section.name === name) ?? { name, fields: [] };
}
