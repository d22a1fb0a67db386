import { expect, it } from 'vitest';
import { formatPath, getAt, setAt } from './path';

it('writes paths as problems name them', () => {
  expect(formatPath(['augment', 'steps', 1, 'rotate', 'degrees'])).toBe('augment.steps[1].rotate.degrees');
  expect(formatPath([])).toBe('');
});

it('reads a value, and undefined where the path leaves the data', () => {
  const data = { a: [{ b: 1 }] };
  expect(getAt(data, ['a', 0, 'b'])).toBe(1);
  expect(getAt(data, ['a', 3, 'b'])).toBeUndefined();
  expect(getAt(null, ['a'])).toBeUndefined();
});

it('replaces a value in a copy and shares the rest', () => {
  const data = { a: [{ b: 1 }, { b: 2 }], c: { d: 3 } };
  const changed = setAt(data, ['a', 1, 'b'], 9) as typeof data; // setAt keeps the shape here
  expect(changed).toEqual({ a: [{ b: 1 }, { b: 9 }], c: { d: 3 } });
  expect(data.a[1]?.b).toBe(2);
  expect(changed.c).toBe(data.c);
  expect(changed.a[0]).toBe(data.a[0]);
  expect(Array.isArray(changed.a)).toBe(true);
});

it('makes what is missing on the way', () => {
  expect(setAt({}, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
});
