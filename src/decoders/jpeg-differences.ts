import { createJpegBits } from './jpeg-bits';
import type { JpegScan } from './jpeg-plane';

/**
 * Decodes a lossless scan into its planes (ITU-T T.81, annex H): each sample is a prediction from its neighbours and a difference. Gives how
 * many whole units it had; none of subsampled components, which nobody writes.
 */
export function decodeDifferences(scan: JpegScan): number {
  const { columns, rows, interval, predictor, shift } = scan;
  const bits = createJpegBits(scan.bytes, scan.start);
  const parts = scan.parts.map(({ plane, dc }) => ({ plane, codes: scan.codes.get(dc) }));
  if (parts.some(({ plane }) => plane.horizontal !== 1 || plane.vertical !== 1)) return 0;
  const first = 2 ** (scan.bits - shift - 1);
  const units = columns * rows;
  // Where the last restart was: its row is predicted as the first is (H.1.2.1).
  let began = 0;
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      if (!bits.restart(unit / interval - 1)) return shifted(scan, unit);
      began = unit;
    }
    const x = unit % columns;
    for (const { plane, codes } of parts) {
      if (codes === undefined) return 0;
      const { samples, stride } = plane;
      const at = Math.floor(unit / columns) * stride + x;
      const size = bits.code(codes);
      if (size < 0 || size > 16 || bits.isOver()) return shifted(scan, unit);
      const difference = size === 16 ? 32_768 : bits.difference(size);
      const prediction =
        unit === began
          ? first
          : unit < began + columns - (began % columns) && x > 0
            ? samples[at - 1]
            : x === 0
              ? samples[at - stride]
              : predict(predictor, samples[at - 1], samples[at - stride], samples[at - stride - 1]);
      samples[at] = prediction + difference; // modulo 2^16, as the array does
    }
  }
  return bits.isOver() ? shifted(scan, units - 1) : shifted(scan, units);
}

/** Undoes the point transform (H.1.2.2), and passes the count on. */
function shifted({ parts, shift }: JpegScan, units: number): number {
  if (shift > 0)
    for (const { plane } of parts) for (let i = 0; i < plane.samples.length; i++) plane.samples[i] <<= shift;
  return units;
}

/** Table H.1: from the samples left, above, and above on the left. */
function predict(kind: number, left: number, above: number, corner: number): number {
  switch (kind) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
