/** Pixels of the picture's copy that is measured, both ways. More sees texture that differs from shot to shot, fewer no edges. */
export const descriptorSide = 128;

/** Cells along either side, for each level of the pyramid. */
export const grids = [1, 2, 4] as const;
/** Cells of all levels. */
export const cellCount = grids.reduce((sum, grid) => sum + grid * grid, 0);

/** Bins of a cell's three histograms: directions of edges over half a turn, lightness, hues. */
export const orientations = 8;
export const levels = 8;
export const hues = 9;
export const perCell = orientations + levels + hues;

/** Numbers of a descriptor. */
export const descriptorLength = cellCount * perCell;
