import type { MeanColour, MeanColours } from '../../src/core/inspection';
import type { ManifestRow, Reference } from './manifest';

/** What a file should come to. */
export interface Expectation {
  /** `open`: any clear outcome, for files that decoders disagree on. */
  readonly outcome: 'decoded' | 'rejected' | 'open' | 'bomb';
  /** Pixels as stored and upright; null where nobody says. */
  readonly stored: readonly [number, number] | null;
  readonly oriented: readonly [number, number] | null;
  /** 1 to 8; null where nobody says. */
  readonly orientation: number | null;
  /** Mean colours, any of which is right; empty where nobody says. */
  readonly colours: readonly ExpectedColours[];
  /** True when values are as stored, so that a profile must not be converted for the comparison. */
  readonly asStored: boolean;
}

/** Mean colours that must all be met. */
export type ExpectedColours = Readonly<Partial<Record<keyof MeanColours, MeanColour>>>;

/** Reads out of the manifest what is expected of a file. */
export function expectationOf(row: ManifestRow): Expectation {
  const outcome = outcomeOf(row.consensus);
  const nothing = { stored: null, oriented: null, orientation: null, colours: [], asStored: false };
  if (outcome !== 'decoded') return { outcome, ...nothing };
  if (row.consensus.startsWith('no-pillow') || row.mean_rgb === undefined) {
    const { ref } = row;
    return {
      ...nothing,
      outcome,
      oriented: ref?.size ?? row.size_oriented ?? null,
      colours: ref === undefined ? [] : referenceColours(ref),
      asStored: true,
    };
  }
  return {
    outcome,
    stored: row.size ?? null,
    oriented: row.size_oriented ?? row.size ?? null,
    orientation: orientationOf(row),
    colours: coloursOf(row, row.mean_rgb),
    // Pillow converts neither a profile nor the code points that these two may have.
    asStored: row.icc === true || row.sniff === 'avif' || row.sniff === 'png',
  };
}

function outcomeOf(consensus: string): Expectation['outcome'] {
  if (consensus === 'bomb') return 'bomb';
  if (/^agree-valid|^no-pillow:valid/.test(consensus)) return 'decoded';
  if (/^agree-reject|^no-pillow:reject/.test(consensus)) return 'rejected';
  return 'open';
}

/** EXIF's values outside 1 to 8 mean upright; a file without the tag says nothing (a container may still turn it). */
function orientationOf({ exif }: ManifestRow): number | null {
  const value = exif?.Orientation;
  if (typeof value !== 'number') return null;
  return Number.isInteger(value) && value >= 1 && value <= 8 ? value : 1;
}

function coloursOf(row: ManifestRow, mean: MeanColour): readonly ExpectedColours[] {
  const { raw_min_max_mean: raw, mean_rgb_on_white: white, mean_rgb_on_black: black } = row;
  if (raw !== undefined && /^(I|F)/.test(row.mode ?? '')) {
    // Pillow clips deep grey to 8 bits; scaled is what a picture needs.
    const value = scaledMean(raw, row.cross?.dtype ?? 'uint16');
    return value === null ? [] : [{ plain: [value, value, value] }];
  }
  if (row.has_alpha && white !== undefined && black !== undefined) return [{ white, black }];
  return [{ white: mean }];
}

/**
 * The mean of stored values on the scale of 8 bits, by the range of their type: its greatest number is white, 1 for floats.
 * Null where some lie outside and are clipped, so that the mean of all says nothing.
 */
function scaledMean([least, most, mean]: readonly [number, number, number], dtype: string): number | null {
  const [, kind, digits] = /^(int|uint|float)(\d+)$/.exec(dtype) ?? [];
  const white = kind === 'float' ? 1 : 2 ** (Number(digits) - (kind === 'int' ? 1 : 0)) - 1;
  return least < 0 || most > white ? null : (mean * 255) / white;
}

/**
 * A reference's mean colour, which counts 10, 12 or 14 bits in a 16-bit array as if they were 16 where it says that it
 * scaled by the array's type; and where there is alpha, does not say whether it was dropped or laid over white.
 */
function referenceColours({ mean_rgb: mean, dtype, scaled }: Reference): readonly ExpectedColours[] {
  if (mean === undefined) return [];
  const known = dtype === 'uint16' && scaled !== undefined ? [16, 14, 12, 10] : [8];
  return known.flatMap((bits): ExpectedColours[] => {
    const factor = bits === 8 ? 1 : 65535 / (2 ** bits - 1);
    const [red, green, blue] = mean.map((value) => value * factor);
    return Math.max(red, green, blue) > 256
      ? []
      : [{ plain: [red, green, blue] }, { white: [red, green, blue] }];
  });
}
