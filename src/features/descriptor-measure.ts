import type { Pixels } from '../core/image';
import type { ExtractorTools } from '../core/plugin';
import { cellCount, descriptorSide, grids, hues, levels, orientations, perCell } from './descriptor-shape';

/**
 * Describes a picture by histograms over the cells of a spatial pyramid, one block of numbers a cell:
 * the directions of edges, each weighed by its strength (PHOG: Bosch, Zisserman and Munoz, "Representing shape with a spatial
 * pyramid kernel", CIVR 2007), then lightness, then hues weighed by chroma. Blocks are scaled to sum 1 and their square root
 * taken, so that dot products compare histograms as Hellinger's kernel does (Arandjelović and Zisserman, "Three things
 * everyone should know to improve object retrieval", CVPR 2012); the whole is scaled to length 1.
 */
export function measure(picture: Pixels, { resample }: ExtractorTools): Float32Array {
  const box = { left: 0, top: 0, right: picture.width, bottom: picture.height };
  const side = descriptorSide;
  const { data, channels } = resample(picture, box, { width: side, height: side }, 'bilinear');
  const light = new Float32Array(side * side);
  const sums = new Float64Array(cellCount * perCell);
  const at = (i: number, channel: number) => data[i * channels + (channels === 1 ? 0 : channel)];
  for (let i = 0; i < light.length; i++) light[i] = 0.299 * at(i, 0) + 0.587 * at(i, 1) + 0.114 * at(i, 2);
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      const across = light[i + 1] - light[i - 1];
      const down = light[i + side] - light[i - side];
      const turn = ((Math.atan2(down, across) / Math.PI + 1) % 1) * orientations;
      const bin = Math.floor(turn) % orientations;
      const red = at(i, 0) - light[i];
      const blue = at(i, 2) - light[i];
      const hue = Math.floor((Math.atan2(blue, red) / (2 * Math.PI) + 0.5) * hues) % hues;
      const level = Math.min(levels - 1, Math.max(0, Math.floor((light[i] / 256) * levels)));
      let first = 0;
      for (const grid of grids) {
        const cell = first + Math.floor((y * grid) / side) * grid + Math.floor((x * grid) / side);
        const block = cell * perCell;
        sums[block + bin] += Math.hypot(across, down);
        sums[block + orientations + level] += 1;
        sums[block + orientations + levels + hue] += Math.hypot(red, blue);
        first += grid * grid;
      }
    }
  }
  return unitOf(sums);
}

function unitOf(sums: Float64Array): Float32Array {
  const vector = new Float32Array(sums.length);
  for (let block = 0; block < sums.length; block += perCell) {
    let from = block;
    for (const count of [orientations, levels, hues]) {
      const part = sums.subarray(from, from + count);
      const total = part.reduce((sum, x) => sum + x, 0);
      if (total > 0)
        part.forEach((x, i) => {
          vector[from + i] = Math.sqrt(x / total);
        });
      from += count;
    }
  }
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? vector.map((x) => x / length) : vector;
}
