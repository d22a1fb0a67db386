import type { Failure } from '../../src/core/failure';
import type { Inspected, Inspection, MeanColours } from '../../src/core/inspection';
import { type Expectation, type ExpectedColours, expectationOf } from './expectation';
import type { ManifestRow } from './manifest';

/** What the product made of a file; `lost` and `hung` when the browser went with it or gave no answer. */
export type Seen =
  | {
      readonly kind: 'answered';
      readonly inspection: Inspection;
      /** A second look without colour conversion; null where it was not wanted, `impossible` where there is no way. */
      readonly asStored: Inspection | null | 'impossible';
    }
  | { readonly kind: 'lost' | 'hung'; readonly why: string };

/** Where a file came out otherwise than expected. */
export interface Departure {
  readonly about: 'outcome' | 'size' | 'orientation' | 'colour' | 'crash' | 'hang' | 'unnamed';
  readonly expected: string;
  readonly seen: string;
}

/** A file's marks; null where a question does not arise. */
export interface Verdict {
  readonly expected: Expectation['outcome'];
  /** What came out, in a word: `decoded`, a failure's code, `lost`, `hung`. */
  readonly outcome: string;
  readonly decoded: boolean;
  readonly sizes: boolean | null;
  readonly colour: boolean | null;
  readonly departures: readonly Departure[];
}

/** Means may differ by so much of 255: chroma upsampling, rounding. */
const tolerance = 2;

/** Failures that name nothing: the first is our own bug. */
const unnamedCodes: ReadonlySet<string> = new Set(['internal']);

/** Compares what the product made of a file with what other decoders say of it. */
export function judge(row: ManifestRow, seen: Seen): Verdict {
  const expectation = expectationOf(row);
  const { outcome: expected } = expectation;
  const none = { expected, decoded: false, sizes: null, colour: null };
  const wanted = words[expected];
  if (seen.kind !== 'answered') {
    const about = seen.kind === 'hung' ? 'hang' : 'crash';
    return { ...none, outcome: seen.kind, departures: [{ about, expected: wanted, seen: seen.why }] };
  }
  const { outcome } = seen.inspection;
  if (!outcome.ok) {
    const { failure } = outcome;
    const told = `${failure.code}: ${failure.message}`;
    const about = mishap(failure) ?? (expected === 'decoded' ? 'outcome' : null);
    const departures = about === null ? [] : [{ about, expected: wanted, seen: told } as const];
    return { ...none, outcome: failure.code, departures };
  }
  const decoded = { expected, outcome: 'decoded', decoded: true };
  if (expected === 'rejected') {
    const departure = { about: 'outcome', expected: wanted, seen: describe(outcome.value) } as const;
    return { ...decoded, sizes: null, colour: null, departures: [departure] };
  }
  if (expected !== 'decoded') return { ...decoded, sizes: null, colour: null, departures: [] };
  const sizes = compareSizes(expectation, outcome.value);
  const judged = expectation.colours.length > 0 && seen.asStored !== 'impossible';
  const stored = seen.asStored === 'impossible' ? null : seen.asStored;
  const colour = judged ? compareColours(expectation, outcome.value, stored) : null;
  return {
    ...decoded,
    sizes: sizes.length === 0,
    colour: judged ? colour === null : null,
    departures: [...sizes, ...(colour === null ? [] : [colour])],
  };
}

/** True when a second decode, without colour conversion, could decide about the colour. */
export function wantsAsStored(row: ManifestRow, { outcome }: Inspection): boolean {
  const expectation = expectationOf(row);
  return (
    expectation.asStored && outcome.ok && !expectation.colours.some((each) => meets(outcome.value, each))
  );
}

const words: Readonly<Record<Expectation['outcome'], string>> = {
  decoded: 'decoded',
  rejected: 'a named rejection',
  open: 'decoded, or a named rejection',
  bomb: 'a named rejection',
};

function mishap({ code, message }: Failure): 'crash' | 'hang' | 'unnamed' | null {
  if (code === 'crash') return 'crash';
  if (code === 'timeout') return 'hang';
  return unnamedCodes.has(code) || message.trim() === '' ? 'unnamed' : null;
}

function compareSizes(expectation: Expectation, { meta, frames }: Inspected): readonly Departure[] {
  const { stored, oriented, orientation } = expectation;
  const found: Departure[] = [];
  const compare = (about: Departure['about'], what: string, expected: unknown, seen: unknown) => {
    if (expected !== null && String(expected) !== String(seen))
      found.push({ about, expected: `${what} ${shown(expected)}`, seen: shown(seen) });
  };
  compare('size', 'stored', stored, [meta.stored.width, meta.stored.height]);
  compare('size', 'upright', oriented, [meta.oriented.width, meta.oriented.height]);
  compare('size', 'pixels', oriented, [frames[0].width, frames[0].height]);
  compare('orientation', 'orientation', orientation, meta.orientation);
  return found;
}

const shown = (value: unknown) => (Array.isArray(value) ? value.join(' × ') : String(value));

function compareColours(
  { colours }: Expectation,
  inspected: Inspected,
  asStored: Inspection | null,
): Departure | null {
  if (colours.length === 0 || colours.some((each) => meets(inspected, each))) return null;
  const stored = asStored?.outcome.ok ? asStored.outcome.value : null;
  if (stored !== null && colours.some((each) => meets(stored, each))) return null;
  const means = (stored ?? inspected).frames[0].mean;
  return {
    about: 'colour',
    expected: colours.map(describeColours).join(' or '),
    seen: describeColours(only(means, colours[0])) + (stored === null ? '' : ' as stored'),
  };
}

function meets({ frames }: Inspected, expected: ExpectedColours): boolean {
  return entries(expected).every(([background, rgb]) =>
    rgb.every((value, i) => Math.abs(value - frames[0].mean[background][i]) <= tolerance),
  );
}

// The keys of a record of our own making.
const entries = (colours: ExpectedColours) =>
  Object.entries(colours) as [keyof MeanColours, MeanColours['plain']][];

const only = (means: MeanColours, like: ExpectedColours): ExpectedColours =>
  Object.fromEntries(entries(like).map(([background]) => [background, means[background]]));

const describeColours = (colours: ExpectedColours) =>
  entries(colours)
    .map(([background, rgb]) => {
      const values = rgb.map((value) => value.toFixed(1)).join(' ');
      return background === 'plain' ? `mean ${values}` : `mean ${values} on ${background}`;
    })
    .join(', ');

const describe = ({ meta, frames }: Inspected) =>
  `decoded, ${meta.format} ${frames[0].width} × ${frames[0].height}`;
