import { assert } from '../base/assert';
import { type Gate, orderedMap } from '../base/flow';
import { failed, type Outcome, succeeded } from '../core/failure';
import type { Engine } from '../core/gpu';
import type { Decoded, ImageMeta } from '../core/image';
import type { Plan, PlannedImage, Shard } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { type Computed, type Row, viewsOf } from '../core/row';
import { softLabelsOf } from '../core/soft-labels';
import type { Partner } from '../transforms/compute-image';
import type { ComputeItem, DecodeWish, WrittenFile } from '../workers/job';
import { buffersOf, moved } from '../workers/rpc';
import type { Crew } from './crew';
import {
  type DecodeContext,
  decodeOne,
  type Fetched,
  fetchOne,
  pixelBuffers,
  tookTooLong,
} from './decode-one';
import type { Meter } from './meter';
import { createPartners, type PlannedPartner } from './partners';
import { WorkerLost } from './pool';

/** Everything that the corridor needs, and whom it tells. */
export interface Corridor {
  readonly plan: Plan;
  readonly recipe: Recipe;
  readonly crew: Crew;
  readonly workers: number;
  /** A safe unique name for each planned image's own files; empty strings when no format asks for one. */
  readonly nameOf: (planIndex: number) => string;
  /** What the transforms ask of every decode. */
  readonly wish: DecodeWish;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  readonly meter: Meter;
  /** True for shards that are committed already. */
  isCommitted(shard: Shard): boolean;
  /** One image went through, in plan order; rows is 0 when it failed. */
  onImage(image: PlannedImage, outcome: Outcome<Processed>): void;
  /** Something happened to the GPU; `engine` is what computes from now on. */
  onEngine(notes: readonly string[], engine: Engine): void;
  /** A shard's files are closed. The next is not committed before this resolves. */
  onShard(shard: Shard, files: readonly WrittenFile[]): Promise<void>;
}

/** What an image has become when its rows are ready. */
export interface Processed {
  readonly meta: ImageMeta;
  readonly computed: readonly Computed[];
}

interface Step {
  readonly shard: Shard;
  readonly image: PlannedImage;
  /** Position in the plan. */
  readonly index: number;
  /** What its copies are mixed with. */
  readonly partners: readonly PlannedPartner[];
}
interface FetchedStep extends Step {
  /** A link's bytes; null for what is no link. */
  readonly fetched: Fetched | null;
}
interface DecodedStep extends Step {
  readonly outcome: Outcome<Decoded>;
  /** Those of {@link Step.partners} that could be decoded. */
  readonly decodedPartners: readonly Partner[];
}
/** A planned image with what came of it. */
export interface ProcessedStep extends Step {
  readonly outcome: Outcome<Processed>;
}

/**
 * Decodes held for each worker. Fewer and one slow picture, a progressive JPEG of 12 MP, holds up those behind it while
 * a core idles; more hold pixels for nothing. {@link decodedBudgetBytes} bounds them when they are large.
 */
const decodesAhead = 6;
/** Images computed together. More would delay the first rows and hold more pixels, fewer cost more messages. */
const batchImages = 8;
/** A batch is cut before it holds more decoded bytes than this: small batches let decode and compute overlap to the end. */
const batchBytes = 4 * 2 ** 20;
/** Decoded bytes on their way to the compute workers, as estimated from file sizes. */
const decodedBudgetBytes = 384 * 2 ** 20;
/**
 * Links fetched ahead, many times those that one host is asked for at once: so many may be done before a slow one that stands
 * before them holds up the fetching. Less lets a slow host stall the others sooner, more holds more bytes.
 */
const fetchedAhead = 512;
/** Bytes fetched and not yet decoded; what is on its way counts by what links gave so far. */
const fetchedBudgetBytes = 128 * 2 ** 20;

/**
 * Walks every planned image of every uncommitted shard down the corridor: decode, transform, write, commit.
 * Rows reach the writer in plan order however the workers were scheduled.
 * @throws RunError when the target or the run gives up; the signal's reason when it aborts.
 */
export async function runShards(corridor: Corridor): Promise<void> {
  const { crew, meter } = corridor;
  for await (const batch of processImages(corridor)) {
    const { shard } = batch[0];
    const rows = batch.flatMap((step) => toRows(step, corridor.nameOf(step.index)));
    for (const { image, outcome } of batch) corridor.onImage(image, outcome);
    if (rows.length > 0) {
      meter.stageMs.write += await crew.write.write(shard, moved(rows, buffersOf(rows.flatMap(viewsOf))));
    }
    if (batch[batch.length - 1].index === shard.end - 1) {
      const { files, ms } = await crew.write.closeShard(shard);
      meter.stageMs.write += ms;
      await corridor.onShard(shard, files);
    }
  }
}

/** The corridor as far as the rows are ready. */
export type UpToRows = Omit<Corridor, 'nameOf' | 'onImage' | 'onShard'>;

/** Decodes and transforms every planned image of every uncommitted shard: batches of them, in plan order, none across shards. */
export async function* processImages(corridor: UpToRows): AsyncGenerator<readonly ProcessedStep[]> {
  const { workers, meter, signal } = corridor;
  const expansion = createExpansion();
  const decoded = orderedMap(
    fetchLinks(corridor),
    {
      width: workers * decodesAhead,
      budget: decodedBudgetBytes,
      weigh: ({ image, partners }) =>
        [image, ...partners.map((partner) => partner.image)].reduce(
          (sum, { ref }) => sum + expansion.weigh(ref.bytes),
          0,
        ),
    },
    async (step): Promise<DecodedStep> => {
      const { fetched, ...kept } = step; // what was fetched is let go
      const outcome = await decodeOne(corridor, step.image, fetched);
      if (!outcome.ok) return { ...kept, outcome, decodedPartners: [] };
      expansion.learn(outcome.value.meta.bytes, decodedBytes(outcome.value));
      return { ...kept, outcome, decodedPartners: await decodePartners(corridor, step.partners) };
    },
  );
  const processed = orderedMap(inBatches(decoded), { width: workers + 1 }, async (batch) => {
    const done = await computeBatch(corridor, batch);
    meter.finish(batch.length);
    return done;
  });
  for await (const batch of processed) {
    signal.throwIfAborted();
    yield batch;
  }
}

async function* steps({ plan, recipe, gate, signal, isCommitted }: UpToRows): AsyncGenerator<Step> {
  const partnersOf = createPartners(plan, recipe);
  for (const shard of plan.shards) {
    if (isCommitted(shard)) continue;
    for (let i = shard.start; i < shard.end; i++) {
      await gate.pass(signal);
      const image = plan.images[i];
      yield { shard, image, index: i, partners: partnersOf(image, image.copies, shard) };
    }
  }
}

/** Fetches links ahead of their decoding; their order stays. Without links, images go straight on. */
async function* fetchLinks(corridor: UpToRows): AsyncGenerator<FetchedStep> {
  const { plan, gate, signal } = corridor;
  if (!plan.images.some(({ ref }) => ref.origin.kind === 'link')) {
    for await (const step of steps(corridor)) yield { ...step, fetched: null };
    return;
  }
  let usualBytes = 400_000;
  const fetched = orderedMap(
    steps(corridor),
    {
      width: fetchedAhead,
      budget: fetchedBudgetBytes,
      weigh: ({ image: { ref } }) => (ref.origin.kind === 'link' ? (ref.bytes ?? usualBytes) : 0),
      weighResult: (step: FetchedStep) => (step.fetched?.ok ? step.fetched.value.length : 0),
    },
    async (step): Promise<FetchedStep> => {
      const fetched = await fetchOne(corridor, step.image);
      if (fetched?.ok) usualBytes += (fetched.value.length - usualBytes) / 16;
      return { ...step, fetched };
    },
  );
  for await (const step of fetched) {
    await gate.pass(signal); // a pause stops at once, though much is fetched
    yield step;
  }
}

/** Cuts batches by data alone, never by time, and never across shards. */
async function* inBatches(steps: AsyncIterable<DecodedStep>): AsyncGenerator<readonly DecodedStep[]> {
  let batch: DecodedStep[] = [];
  let bytes = 0;
  for await (const step of steps) {
    const own = step.outcome.ok ? decodedBytes(step.outcome.value) : 0;
    const weight = step.decodedPartners.reduce((sum, { decoded }) => sum + decodedBytes(decoded), own);
    const full = batch.length === batchImages || bytes + weight > batchBytes;
    if (batch.length > 0 && (full || batch[0].shard !== step.shard)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(step);
    bytes += weight;
  }
  if (batch.length > 0) yield batch;
}

const decodedBytes = ({ frames }: Decoded) =>
  frames.reduce((sum, { raster }) => sum + raster.data.byteLength, 0);

/** The same of an image and its partners. */
export const itemBuffers = ({ decoded, partners }: Pick<ComputeItem, 'decoded' | 'partners'>) =>
  [decoded, ...partners.map((partner) => partner.decoded)].flatMap(pixelBuffers);

/** Decodes what an image's copies are mixed with, once more than for its own rows; what fails has its own place in the plan to say so. */
export async function decodePartners(
  context: DecodeContext,
  partners: readonly PlannedPartner[],
): Promise<readonly Partner[]> {
  const found: Partner[] = [];
  for (const { image, of } of partners) {
    const decoded = await decodeOne(context, image);
    if (decoded.ok) found.push({ key: image.ref.key, decoded: decoded.value, of });
  }
  return found;
}

async function computeBatch(
  corridor: UpToRows,
  batch: readonly DecodedStep[],
): Promise<readonly ProcessedStep[]> {
  const { crew, recipe, meter } = corridor;
  const good = batch.flatMap((step) => (step.outcome.ok ? [{ step, decoded: step.outcome.value }] : []));
  const items = good.map(({ step, decoded }) => ({
    key: step.image.ref.key,
    copies: step.image.copies,
    decoded,
    partners: step.decodedPartners,
  }));
  const results = new Map<Step, Outcome<Processed>>();
  if (items.length > 0) {
    try {
      const buffers = items.flatMap(itemBuffers);
      const deadlineMs = computeDeadlineMs(items, recipe);
      const { outcomes, spares, notes, engine, ms, extractMs } = await crew.compute.run(
        (worker) => worker.compute(moved(items, buffers), crew.setup),
        deadlineMs,
      );
      crew.spares.give(spares);
      if (notes.length > 0) corridor.onEngine(notes, engine);
      meter.stageMs.transform += ms;
      meter.stageMs.extract += extractMs;
      good.forEach(({ step, decoded }, i) => {
        results.set(step, withMeta(outcomes[i], decoded.meta));
      });
    } catch (error) {
      if (!(error instanceof WorkerLost) || error.why === 'disposed') throw error;
      // The pixels went with the worker: each image is decoded again and computed alone, so that one costs one.
      for (const { step } of good) results.set(step, await computeAlone(corridor, step));
    }
  }
  return batch.map((step) => ({
    ...step,
    outcome: step.outcome.ok ? (results.get(step) ?? lostResult) : step.outcome,
  }));
}

/** Milliseconds that a compute worker may take for all these images: the recipe's deadline for every row, each as slow to make. */
export function computeDeadlineMs(
  items: readonly { readonly copies: number; readonly decoded: Pick<Decoded, 'frames'> }[],
  { decode }: Pick<Recipe, 'decode'>,
): number {
  const rows = items.reduce((sum, { copies, decoded }) => sum + decoded.frames.length * (1 + copies), 0);
  return Math.min(longestTimerMs, decode.timeout_s * 1000 * rows);
}

/** 24 days; a timer that is asked for more goes off at once. */
const longestTimerMs = 2 ** 31 - 1;

async function computeAlone(corridor: UpToRows, { image, partners }: Step): Promise<Outcome<Processed>> {
  const { crew, recipe } = corridor;
  const decoded = await decodeOne(corridor, image);
  if (!decoded.ok) return decoded;
  const item = {
    key: image.ref.key,
    copies: image.copies,
    decoded: decoded.value,
    partners: await decodePartners(corridor, partners),
  };
  try {
    const call = crew.compute.run(
      (worker) => worker.compute(moved([item], itemBuffers(item)), crew.setup),
      computeDeadlineMs([item], recipe),
    );
    const { outcomes, notes, engine } = await call;
    if (notes.length > 0) corridor.onEngine(notes, engine);
    return withMeta(outcomes[0], decoded.value.meta);
  } catch (error) {
    if (!(error instanceof WorkerLost) || error.why === 'disposed') throw error;
    if (error.why === 'timeout') return tookTooLong('transform', recipe);
    return failed(
      'transform',
      'crash',
      'The transforms crashed on this image, twice. The other images are not affected.',
    );
  }
}

const lostResult = failed('transform', 'internal', 'The compute worker gave no result for this image.');

/** The EXIF block has done its work once the pictures are encoded, and need not travel on with every row. */
function withMeta(outcome: Outcome<readonly Computed[]>, meta: ImageMeta): Outcome<Processed> {
  return outcome.ok ? succeeded({ meta: { ...meta, exifBlock: null }, computed: outcome.value }) : outcome;
}

function toRows({ image, partners, outcome }: ProcessedStep, name: string): Row[] {
  if (!outcome.ok) return [];
  const { meta, computed } = outcome.value;
  const { label, labelId, split, extra } = image;
  const partnerOf = (key: string) => {
    const partner = partners.find((each) => each.image.ref.key === key);
    assert(partner, `${image.ref.key} was mixed with ${key}`);
    return partner.image;
  };
  return computed.map((one) => ({
    ...one,
    key: image.ref.key,
    name,
    label,
    labelId,
    softLabels: softLabelsOf(image, one.mixed, partnerOf),
    split,
    extra,
    meta,
  }));
}

/** Learns how many decoded bytes a file byte becomes, to weigh files whose headers, or sizes, are not known yet. */
interface Expansion {
  weigh(fileBytes: number | null): number;
  learn(fileBytes: number, decodedBytes: number): void;
}

function createExpansion(): Expansion {
  let ratio = 10; // a JPEG photograph at quality 90, as RGBA; the first results correct it
  let decoded = 4e6; // of a photograph of one megapixel
  return {
    weigh: (fileBytes) => (fileBytes === null ? decoded : fileBytes * ratio),
    learn(fileBytes, decodedBytes) {
      ratio += (decodedBytes / Math.max(1, fileBytes) - ratio) / 8;
      decoded += (decodedBytes - decoded) / 8;
    },
  };
}
