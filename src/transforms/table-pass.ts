import type { Pass } from '../core/gpu';
import type { Raster } from '../core/image';

/** The pass of a step that changes every 8-bit value by itself: its table is what the step makes of all 256. */
export function tablePass(apply: (ramp: Raster) => Raster): Pass {
  const data = Uint8Array.from({ length: 256 }, (_, x) => x);
  return { kind: 'table', values: apply({ width: 256, height: 1, channels: 1, data }).data };
}
