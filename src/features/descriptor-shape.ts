/** Pixels of the picture's copy that is measured, both ways. More sees texture that differs from shot to shot, fewer no edges. */
export const descriptorSide = 128;

/** Bins of the colour histogram along CIELAB's lightness and along its a and b. */
export const lightnessBins = 5;
export const opponentBins = 7;

/** Directions of edges, over half a turn. */
export const directions = 6;

/** Cells along either side, for each level of the pyramid of edges. */
export const grids = [1, 6] as const;

/** Uniform local binary patterns, and one bin for all others. */
export const patterns = 59;

/** The blocks of a descriptor in their order, each with its length. */
export const blockLengths = [
  lightnessBins * opponentBins * opponentBins,
  ...grids.map((grid) => grid * grid * directions),
  patterns,
] as const;

/** Numbers of a descriptor. */
export const descriptorLength = blockLengths.reduce((sum, length) => sum + length, 0);
