import { fourCharacters, u32be } from './bytes';

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2): its name and where its content lies. */
export interface Box {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** True when the box declares more bytes than its surroundings have. */
  readonly cut: boolean;
}

/** Lists the boxes between two positions. A malformed one ends the list. */
export function boxesIn(bytes: Uint8Array, start: number, end: number): readonly Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    let length = u32be(bytes, at);
    let header = 8;
    if (length === 1) {
      length = u32be(bytes, at + 8) * 2 ** 32 + u32be(bytes, at + 12);
      header = 16;
    } else if (length === 0) length = end - at; // to the end
    if (length < header) break;
    const cut = at + length > end;
    boxes.push({
      name: fourCharacters(bytes, at + 4),
      start: at + header,
      end: Math.min(end, at + length),
      cut,
    });
    at += length;
  }
  return boxes;
}

/** The first box of a name, or null. */
export function boxNamed(boxes: readonly Box[], name: string): Box | null {
  return boxes.find((box) => box.name === name) ?? null;
}
