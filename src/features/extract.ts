import { assert } from '../base/assert';
import { toHalf } from '../base/half';
import { failed, type Outcome, RunError, succeeded } from '../core/failure';
import { featureColumns } from '../core/feature-columns';
import type { Pixels } from '../core/image';
import type {
  ExtractedValue,
  ExtractorTools,
  FeatureColumn,
  LoadedExtractor,
  Registry,
} from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { FeatureValue } from '../core/row';
import { extractors } from './index';

/**
 * Runs a recipe's extractors over what the rows of several images show, all together, and puts what they find in its place; an
 * image of which one row has no features fails. Extractors stay loaded for the next call with the same knobs.
 * @throws RunError when an extractor cannot be loaded, or can do no more.
 */
export async function withFeatures<T extends { readonly seen: Pixels | null }>(
  images: readonly Outcome<readonly T[]>[],
  recipe: Recipe,
  tools: ExtractorTools,
  known: Registry['extractors'] = extractors,
): Promise<readonly Outcome<readonly Featured<T>[]>[]> {
  const rows = images.flatMap((image) => (image.ok ? image.value : []));
  const pictures = rows.flatMap(({ seen }) => seen ?? []);
  const found = await extractFeatures(pictures, recipe, tools, known);
  const next = found[Symbol.iterator]();
  return images.map((image) => {
    if (!image.ok) return image;
    const featured: Featured<T>[] = [];
    let lost: Outcome<never> | null = null;
    for (const { seen, ...row } of image.value) {
      const outcome = seen === null ? nothing : next.next().value;
      assert(outcome !== undefined, 'fewer features than rows');
      if (outcome.ok) featured.push({ ...row, features: outcome.value });
      else lost = outcome;
    }
    return lost ?? succeeded(featured);
  });
}

/** Of a recipe without extractors. */
const nothing: Outcome<readonly FeatureValue[]> = succeeded([]);

type Featured<T> = Omit<T, 'seen'> & { readonly features: readonly FeatureValue[] };

async function extractFeatures(
  pictures: readonly Pixels[],
  recipe: Recipe,
  tools: ExtractorTools,
  known: Registry['extractors'],
): Promise<readonly Outcome<readonly FeatureValue[]>[]> {
  const { features } = recipe;
  if (pictures.length === 0) return [];
  const columns = featureColumns(recipe, known);
  const ready = await theLoaded(features, tools, known);
  const outcomes: Outcome<readonly FeatureValue[]>[] = [];
  for (let at = 0; at < pictures.length; at += mostTogether) {
    const some = pictures.slice(at, at + mostTogether);
    const rows = (await tryTogether(some, ready)) ?? (await oneByOne(some, ready));
    for (const row of rows) {
      outcomes.push(row.ok ? succeeded(finished(row.value, columns, features.l2)) : row);
    }
  }
  return outcomes;
}

/** Given to an extractor at once. More would hold more memory in a model's layers for no more speed. */
const mostTogether = 16;

interface Named {
  readonly id: string;
  readonly loaded: LoadedExtractor;
}
type Extracted = Outcome<readonly ExtractedValue[]>;

/** What every extractor finds in the pictures, or null when one stumbles over some picture. */
async function tryTogether(
  pictures: readonly Pixels[],
  ready: readonly Named[],
): Promise<readonly Extracted[] | null> {
  const rows: ExtractedValue[][] = pictures.map(() => []);
  for (const { id, loaded } of ready) {
    try {
      const found = await loaded.extract(pictures);
      assert(
        found.length === pictures.length,
        `${id} gave ${found.length} rows for ${pictures.length} pictures`,
      );
      for (const [i, values] of found.entries()) rows[i].push(...values);
    } catch (error) {
      if (error instanceof RunError) throw error;
      if (pictures.length > 1) return null;
      return [failed('extract', 'internal', `${id} could not handle this image: ${String(error)}`)];
    }
  }
  return rows.map(succeeded);
}

/** So that one image costs one. */
async function oneByOne(pictures: readonly Pixels[], ready: readonly Named[]): Promise<readonly Extracted[]> {
  const outcomes: Extracted[] = [];
  for (const picture of pictures) outcomes.push(...((await tryTogether([picture], ready)) ?? []));
  return outcomes;
}

/** What formats write: vectors as bytes of their type, of length 1 where that is asked for. */
function finished(
  values: readonly ExtractedValue[],
  columns: readonly FeatureColumn[],
  l2: boolean,
): readonly FeatureValue[] {
  assert(values.length === columns.length, `${values.length} values for ${columns.length} columns`);
  return columns.map((column, i) => {
    const value = values[i];
    if (column.kind !== 'vector') {
      assert(!(value instanceof Float32Array), `a vector for ${column.name}`);
      return value;
    }
    assert(value instanceof Float32Array && value.length === column.length, `no vector for ${column.name}`);
    const scaled = l2 ? unitLength(value) : value.slice(); // its own buffer, to be moved
    // Typed arrays are little-endian on every machine that browsers run on.
    return new Uint8Array((column.dtype === 'float16' ? Uint16Array.from(scaled, toHalf) : scaled).buffer);
  });
}

/** Scales to length 1, summing in double precision; a vector of zeros stays. */
function unitLength(vector: Float32Array): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 1;
  return Float32Array.from(vector, (x) => x * scale);
}

let loaded: { readonly key: string; readonly ready: Promise<readonly Named[]> } | null = null;

/** Extractors loaded for these knobs; those of other knobs are let go. */
async function theLoaded(
  { extractors: ids, options }: Recipe['features'],
  tools: ExtractorTools,
  known: Registry['extractors'],
): Promise<readonly Named[]> {
  const key = JSON.stringify(ids.map((id) => [id, options[id]]));
  if (loaded?.key !== key) {
    const before = loaded;
    loaded = { key, ready: loadAfter(before?.ready ?? null, ids, options, tools, known) };
  }
  const current = loaded;
  try {
    return await current.ready;
  } catch (error) {
    if (loaded === current) loaded = null; // the next run may find what was missing
    throw error;
  }
}

async function loadAfter(
  before: Promise<readonly Named[]> | null,
  ids: readonly string[],
  options: Recipe['features']['options'],
  tools: ExtractorTools,
  known: Registry['extractors'],
): Promise<readonly Named[]> {
  const old = await before?.catch(() => []);
  for (const { loaded } of old ?? []) loaded.dispose();
  const ready: Named[] = [];
  for (const id of ids) {
    const extractor = known.find((each) => each.id === id);
    assert(extractor !== undefined, `no extractor ${id}`);
    try {
      ready.push({ id, loaded: await extractor.load(options[id] as never, tools) });
    } catch (error) {
      for (const { loaded } of ready) loaded.dispose();
      if (error instanceof RunError) throw error;
      throw new RunError('features', `${extractor.label} could not be loaded: ${String(error)}`);
    }
  }
  return ready;
}
