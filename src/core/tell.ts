/** Begins a sentence about some of many: `5 of 600 images ("a.jpg", "b.jpg", "c.jpg", …)`. */
export function tellSome(names: readonly string[], total: number, noun = 'images'): string {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 200)));
  if (names.length > shown.length) shown.push('…');
  return `${names.length} of ${total} ${noun} (${shown.join(', ')})`;
}
