import { expect, it } from 'vitest';
import { z } from 'zod';
import { rightValue } from './recipe-words';

const wordsFor = (schema: z.ZodType, value: unknown): string =>
  rightValue(schema.safeParse(value).error?.issues[0] as z.core.$ZodIssue); // each value here is refused

it.each<[z.ZodType, unknown, string]>([
  [z.enum(['cover', 'contain']), 'squish', 'one of cover, contain'],
  [z.literal(1), 2, '1'],
  [z.number().max(180), 999, 'at most 180'],
  [z.number().positive(), 0, 'more than 0'],
  [z.number().lt(1), 1, 'less than 1'],
  [z.int().min(1), 0, 'at least 1'],
  [z.int(), 1.5, 'a whole number'],
  [z.number(), 'abc', 'a number'],
  [z.boolean(), 'maybe', 'true or false'],
  [z.array(z.number()).min(1), [], 'at least 1 of them'],
  [z.string().max(3), 'four', 'at most 3 characters'],
  [z.string().regex(/^#/, 'a colour like #ffffff'), 'red', 'a colour like #ffffff'],
])('%# says what would be right', (schema, value, words) => {
  expect(wordsFor(schema, value)).toBe(words);
});
