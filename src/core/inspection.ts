import type { Outcome } from './failure';
import type { ImageMeta, Size } from './image';

/** What a full decode of one file came to, in figures instead of pixels. Plain JSON. */
export interface Inspection {
  /** From asking to having the figures, waiting for a free worker included. */
  readonly ms: number;
  readonly outcome: Outcome<Inspected>;
}

/** A file that was decoded. */
export interface Inspected {
  readonly meta: ImageMeta;
  /** Those that the recipe asks for, in their order. */
  readonly frames: readonly InspectedFrame[];
}

/** An upright frame as it came out of the decoder. */
export interface InspectedFrame extends Size {
  /** True when some pixel may not be opaque. */
  readonly alpha: boolean;
  readonly mean: MeanColours;
}

export type MeanColour = readonly [red: number, green: number, blue: number];

/** Mean colours of all pixels, 0 to 255. */
export interface MeanColours {
  /** As if every pixel were opaque. */
  readonly plain: MeanColour;
  /** Laid over white. */
  readonly white: MeanColour;
  /** Laid over black. */
  readonly black: MeanColour;
}
