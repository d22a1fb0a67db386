/** Where a knob sits in the recipe: `['augment', 'steps', 1, 'rotate', 'degrees']`. */
export type KnobPath = readonly (string | number)[];

/** Writes a path as problems name it: `augment.steps[1].rotate.degrees`. */
export function formatPath(path: KnobPath): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** Reads the value at a path; undefined where the path leaves the data. */
export function getAt(data: unknown, path: KnobPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part]; // an object of JSON, by the line above
  }
  return value;
}

/** Gives a copy of JSON with the value at a path replaced; the rest is shared with the original. */
export function setAt(data: unknown, path: KnobPath, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(data)) {
    const copy = [...data];
    copy[Number(part)] = setAt(copy[Number(part)], rest, value);
    return copy;
  }
  const object = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  return { ...object, [part]: setAt(object[part], rest, value) };
}
