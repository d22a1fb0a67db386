import type { z } from 'zod';

/** Says what would be right in place of a refused value, in plain words: `one of cover, contain`, `at most 180`, `a whole number`. */
export function rightValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_type':
      return types[issue.expected] ?? issue.message;
    default:
      return issue.message;
  }
}

/** What the bound counts, where it is not the number itself. */
function unitOf(origin: string): string {
  if (origin === 'array') return ' of them';
  return origin === 'string' ? ' characters' : '';
}

const types: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'knobs with their values',
};
