/**
 * Gives the selection after a click: alone, toggled with ctrl, or from the anchor with shift.
 * @param keyOf The key of the image at a place of the arrangement.
 */
export function selectOnClick(
  selected: ReadonlySet<string>,
  anchor: number | null,
  place: number,
  keyOf: (place: number) => string,
  keys: { readonly shift: boolean; readonly toggle: boolean },
): ReadonlySet<string> {
  const key = keyOf(place);
  if (keys.shift && anchor !== null) {
    const next = new Set(keys.toggle ? selected : []);
    for (let at = Math.min(anchor, place); at <= Math.max(anchor, place); at++) next.add(keyOf(at));
    return next;
  }
  if (keys.toggle) {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    return next;
  }
  return selected.size === 1 && selected.has(key) ? new Set() : new Set([key]);
}
