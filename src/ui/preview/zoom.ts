/** A look at a frame: how much it is enlarged, and which point of it lies in the middle, in shares of its sides. */
export interface ZoomView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The whole frame. */
export const wholeFrame: ZoomView = { scale: 1, x: 0.5, y: 0.5 };

/** Enlarges by `factor` and leaves the point under the pointer, in shares of what is seen, where it is. */
export function zoomAt(view: ZoomView, factor: number, at: Point, most: number): ZoomView {
  const scale = Math.min(most, Math.max(1, view.scale * factor));
  const { x, y } = frameAt(view, at);
  return kept({ scale, x: x - (at.x - 0.5) / scale, y: y - (at.y - 0.5) / scale });
}

/** Moves what is seen by shares of it, no further than the frame goes. */
export function panBy(view: ZoomView, by: Point): ZoomView {
  return kept({ ...view, x: view.x + by.x / view.scale, y: view.y + by.y / view.scale });
}

/** The point of the frame that is seen at a point of the view, both in shares. */
export function frameAt({ scale, x, y }: ZoomView, at: Point): Point {
  return { x: x + (at.x - 0.5) / scale, y: y + (at.y - 0.5) / scale };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function kept({ scale, x, y }: ZoomView): ZoomView {
  const margin = 0.5 / scale;
  const inside = (value: number) => Math.min(1 - margin, Math.max(margin, value));
  return { scale, x: inside(x), y: inside(y) };
}
