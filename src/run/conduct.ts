import type { Gate } from '../base/flow';
import { wrongExtension } from '../core/extension';
import { megabytes, RecipeError, RunError } from '../core/failure';
import { featureColumns } from '../core/feature-columns';
import type { ImageMeta } from '../core/image';
import { assignNames } from '../core/name';
import type { Plan, PlannedImage } from '../core/plan';
import type { AnyKnobs, Format, Grants, RowsInfo } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { RunReport, RunSnapshot } from '../core/report';
import { rowsInfo } from '../transforms/geometry';
import type { WrittenFile } from '../workers/job';
import type { Checkpoint, CheckpointStore, CommittedShard } from './checkpoint';
import { pageCheckpoints } from './checkpoint';
import { checkInputs, dropMissing, dropRecovered, newCheckpoint } from './continuation';
import { createCrew } from './crew';
import { decodeWish } from './decode-one';
import { findEarlierFiles } from './earlier-files';
import { chooseEngine, workerCount } from './engine';
import { estimateLeft } from './estimate-rows';
import { failuresCsv } from './failures-csv';
import { createJournal } from './journal';
import { type Listing, listImages } from './listing';
import { countImage, emptyTally, type Meter, sumTallies, type Tally } from './meter';
import { runShards } from './pipeline';
import { makePlan } from './plan';
import { tellPrivacy } from './privacy';
import { registry } from './registry';
import { buildReport, metricsJson } from './summary';

/** What a run may be told beside its recipe and grants. */
export interface StartOptions {
  /** What the source gave, when it was just listed for these grants; the run lists it again otherwise. */
  readonly listing?: Listing;
  /** Where the checkpoint goes; the page's IndexedDB by default. */
  readonly checkpoints?: CheckpointStore;
  /** Decode workers, and as many compute workers; by default {@link workerCount}. */
  readonly workers?: number;
  /** The run's id; a new one by default. A run with the id of an unfinished one goes on with it. */
  readonly id?: string;
  /** Name of the source for people: the picked folder's. */
  readonly sourceName?: string;
  /** The command line's own server, when it is to fetch links in the page's stead. */
  readonly proxy?: { readonly url: string; readonly token: string };
  /** Tries the failed images of a finished run again, and redoes the shards of those that now decode. */
  readonly retryFailed?: boolean;
}

/** A run under way, as its conductor holds it. */
export interface Session {
  readonly id: string;
  readonly recipe: Recipe;
  readonly grants: Grants;
  readonly options: StartOptions;
  readonly abort: AbortController;
  readonly gate: Gate;
  readonly meter: Meter;
  update(changes: Partial<RunSnapshot>): void;
  snapshot(): RunSnapshot;
}

/** Conducts a run from the listing to the report. Rejects with what `Run.done` rejects with. */
export async function conduct(session: Session): Promise<RunReport> {
  const { recipe, grants, options, abort, meter, update } = session;
  const { signal } = abort;
  const checkpoints = options.checkpoints ?? pageCheckpoints();
  const listing = options.listing ?? (await listImages(recipe, grants, signal, (total) => update({ total })));
  await session.gate.pass(signal);
  const plan = await makePlan(listing, recipe, new Map(grants.decisions));
  if (plan.images.length === 0) throw nothingToDo(plan);
  const info = rowsInfo(recipe, plan, featureColumns(recipe, registry.extractors));
  const formats = chosenFormats(recipe);
  refuseFormats(formats, info, recipe);
  await refuseMissing(recipe);
  const needs = {
    tensor: formats.some((format) => format.needs(recipe.output.options[format.id] as never).tensor),
    picture: formats.some((format) => format.needs(recipe.output.options[format.id] as never).picture),
  };

  const earlier = await checkpoints.load(session.id);
  const chosen = await chooseEngine(recipe, earlier?.engine.engine);
  // Of a run that goes on the report tells what it was begun for, as of one that was never broken off.
  const begun = earlier?.engine.engine === chosen.engine ? earlier.engine : chosen;
  const { engine, why } = chosen;
  let engineReport: string = engine;
  const workers = options.workers ?? workerCount();
  const crew = createCrew(workers, { recipe, engine, needs }, options.proxy);
  const stop = () => crew.stop();
  signal.addEventListener('abort', stop, { once: true });
  // Workers take longer to start than all that stands between here and the first image.
  crew.warm();
  const opened = crew.write.open({ runId: session.id, recipe, grants, info });
  opened.catch(() => undefined); // awaited below, when what was remembered is known
  const committed = new Map<number, CommittedShard>();
  try {
    const fresh = await newCheckpoint(session.id, options.sourceName ?? '', recipe, plan, grants, begun);
    let checkpoint: Checkpoint = earlier === null ? fresh : { ...earlier, state: 'unfinished' };
    const journal = createJournal(checkpoint.log);
    await opened;
    if (earlier !== null) {
      checkInputs(earlier, fresh, options.retryFailed === true);
      checkpoint = { ...checkpoint, inputs: fresh.inputs };
      if (options.retryFailed)
        checkpoint = await dropRecovered(checkpoint, plan, {
          crew,
          recipe,
          meter,
          wish: decodeWish(recipe),
        });
      checkpoint = await dropMissing(checkpoint, crew);
      journal.add(
        'info',
        'run',
        '',
        `resumed: ${checkpoint.committed.length} of ${plan.shards.length} shards are there, engine ${engine}: ${why}`,
      );
    } else {
      journal.add(
        'info',
        'run',
        '',
        `started: ${plan.images.length} images, ${plan.shards.length} shards, engine ${engine}: ${why}, ${workers} workers`,
      );
      if (plan.leftOut.hidden > 0)
        journal.add('info', 'list', '', `${plan.leftOut.hidden} hidden files were left out`);
      if (plan.leftOut.notAnImage > 0)
        journal.add('info', 'list', '', `${plan.leftOut.notAnImage} files that are not images were left out`);
      for (const note of plan.notes) journal.add('warning', 'list', '', note);
    }
    const names = needs.picture ? assignNames(plan.images, recipe.output.layout) : [];
    // Only a committed shard needs it to be there: images are decoded meanwhile.
    const remembered = checkpoints.save(checkpoint);
    remembered.catch(() => undefined); // heard of before the first shard is committed
    for (const shard of checkpoint.committed) committed.set(shard.index, shard);
    const tallies = new Map<number, Tally>();
    const base = sumTallies(checkpoint.committed.map((shard) => shard.tally));
    let { failures: recentFailures } = base;
    let processed = base.images;
    let failedCount = base.failures.length;
    let rows = base.rows;
    update({
      phase: session.snapshot().phase === 'paused' ? 'paused' : 'running',
      total: plan.images.length, processed, failed: failedCount, rows,
      shards: plan.shards.length, shardsDone: committed.size, recentFailures: recentFailures.slice(-200),
    }); // biome-ignore format: counts
    let tally = emptyTally();

    await runShards({
      plan, recipe, crew, workers, signal, meter,
      gate: session.gate,
      nameOf: (index) => names[index] ?? '',
      wish: decodeWish(recipe),
      isCommitted: (shard) => committed.has(shard.index),
      onImage(image, outcome) {
        if (outcome.ok) {
          const { meta, computed } = outcome.value;
          countImage(tally, image, meta, computed, plan.classNames.length);
          for (const note of notesOn(image, meta)) journal.add('warning', 'decode', image.ref.key, note);
          processed++;
          rows += computed.length;
        } else {
          const failure = { key: image.ref.key, ...outcome.failure };
          tally.failures.push(failure);
          recentFailures = [...recentFailures.slice(-199), failure];
          failedCount++;
          journal.add('error', failure.stage, failure.key, `${failure.code}: ${failure.message}`);
        }
        const rate = meter.rate();
        const left = plan.images.length - processed - failedCount;
        update({
          processed, rows, failed: failedCount, recentFailures,
          imagesPerSecond: rate, secondsLeft: rate > 0 ? left / rate : null,
        }); // biome-ignore format: counts
      },
      onEngine(notes, now) {
        for (const note of notes) journal.add('warning', 'transform', '', note);
        if (now === engine) return;
        crew.spoilt = true;
        engineReport = `${engine}, then ${now}`;
      },
      async onShard(shard, files) {
        tallies.set(shard.index, tally);
        committed.set(shard.index, { index: shard.index, files, tally });
        tally = emptyTally();
        journal.add('info', 'write', files[0]?.path ?? '', `shard ${shard.index + 1} of ${plan.shards.length} committed`);
        checkpoint = {
          ...checkpoint,
          committed: inOrder(committed),
          log: [...journal.lines],
          elapsedSeconds: (earlier?.elapsedSeconds ?? 0) + meter.elapsedSeconds(),
        };
        try {
          await remembered;
          await checkpoints.save(checkpoint);
        } catch (error) {
          // What nobody remembers is worth as little as half a shard.
          committed.delete(shard.index);
          await crew.write.remove(files).catch(() => undefined); // the target is what has failed
          throw error;
        }
        update({ shardsDone: committed.size });
      },
    }); // biome-ignore format: short names first

    update({ phase: 'packaging' });
    const elapsedSeconds = (earlier?.elapsedSeconds ?? 0) + meter.elapsedSeconds();
    const shards = inOrder(committed);
    const companions: WrittenFile[] = [];
    for (const format of formats) {
      for (const { path, text } of format.companions?.(
        plan,
        info,
        recipe.output.options[format.id] as never,
      ) ?? []) {
        if (companions.some((companion) => companion.path === path)) continue; // formats share class names
        companions.push({ ...(await crew.write.put(path, text)), format: format.id });
      }
      if (format.assemble !== undefined) {
        const created = shards.flatMap((shard) => shard.files);
        const own = created.filter((file) => file.format === format.id && file.rows === null);
        companions.push(...(await crew.write.assemble(format.id, own)));
      }
    }
    const files = shards.flatMap((shard) => shard.files);
    const earlierFiles = await findEarlierFiles(crew.write, [...files, ...companions]);
    for (const { path } of earlierFiles.slice(0, mostEarlierLines))
      journal.add('warning', 'write', path, 'an earlier run wrote it, and this one did not');
    if (earlierFiles.length > mostEarlierLines)
      journal.add(
        'warning',
        'write',
        '',
        `${earlierFiles.length} files of earlier runs are there; metrics.json lists them`,
      );
    const report = buildReport({
      plan, recipe, info, meter, elapsedSeconds, companions, files, earlierFiles, engine: engineReport, engineWhy: begun.why,
      recipeHash: checkpoint.recipeHash,
      tally: sumTallies(shards.map((shard) => shard.tally)),
    }); // biome-ignore format: short names first
    journal.add(
      'info',
      'run',
      '',
      `${report.metrics.pipeline_status}: ${report.metrics.images_processed} images, ${report.rows} rows, ${report.failures.length} skipped`,
    );
    journal.add('info', 'privacy', '', tellPrivacy(report).join(' '));
    const cards = recipe.output.card ? await Promise.all([import('./card'), import('./croissant')]) : null;
    const own = await Promise.all([
      crew.write.put('failures.csv', failuresCsv(report.failures)),
      ...(cards === null
        ? []
        : [
            crew.write.put('README.md', cards[0].datasetCard(report, info)),
            crew.write.put('croissant.json', cards[1].croissant(report, info)),
          ]),
      crew.write.put('metrics.json', metricsJson(report)),
      crew.write.put('logs/pipeline.log', `${journal.lines.join('\n')}\n`),
    ]);
    const whole: RunReport = { ...report, files: [...report.files, ...own] };
    await checkpoints.save({
      ...checkpoint,
      state: 'finished',
      committed: shards,
      log: [...journal.lines],
      elapsedSeconds,
      companions,
      report: whole,
    });
    return whole;
  } catch (error) {
    // Half a shard is worth nothing: its files go, the committed ones stay.
    await crew.write.discard().catch(() => undefined);
    throw withNeed(error, () => estimateLeft(plan, recipe, (index) => !committed.has(index)));
  } finally {
    signal.removeEventListener('abort', stop);
    crew.dispose();
  }
}

/** More would bury what the log tells of this run. */
const mostEarlierLines = 50;

/** What is odd about an image that gave rows all the same. */
function notesOn({ ref }: PlannedImage, { damaged, format }: ImageMeta): readonly string[] {
  const notes: string[] = [];
  if (damaged !== null) notes.push(`damaged, and kept as far as it goes: ${damaged}`);
  const ending = wrongExtension(ref.key, format);
  if (ending !== null) notes.push(`the name ends in ${ending}, the bytes are ${format}: read by its bytes`);
  return notes;
}

/** Tells beside a full target how much is still to come: the target itself knows only what it has. */
function withNeed(error: unknown, bytesLeft: () => number): unknown {
  if (!(error instanceof RunError) || error.code !== 'target-full') return error;
  const bytes = bytesLeft();
  if (bytes === 0) return error;
  return new RunError(error.code, `${error.message} About ${megabytes(bytes)} are still to be written.`);
}

const inOrder = (committed: ReadonlyMap<number, CommittedShard>) =>
  [...committed.values()].sort((a, b) => a.index - b.index);

function chosenFormats(recipe: Recipe): readonly AnyKnobs<Format<never>>[] {
  return registry.formats.filter((format) => recipe.output.formats.includes(format.id));
}

function refuseFormats(formats: readonly AnyKnobs<Format<never>>[], info: RowsInfo, recipe: Recipe): void {
  const problems = formats.flatMap((format) => {
    const message = format.refuses(info, recipe.output.options[format.id] as never);
    return message === null ? [] : [{ path: 'output.formats', message }];
  });
  if (problems.length > 0) throw new RecipeError(problems);
}

/** Asks the extractors whether they can be had, so that no run begins that cannot be finished. */
async function refuseMissing({ features }: Recipe): Promise<void> {
  const problems = await Promise.all(
    features.extractors.map(async (id) => {
      const extractor = registry.extractors.find((each) => each.id === id);
      const message = (await extractor?.missing?.(features.options[id] as never)) ?? null;
      return message === null ? [] : [{ path: 'features.extractors', message: `got ${id}: ${message}` }];
    }),
  );
  if (problems.flat().length > 0) throw new RecipeError(problems.flat());
}

function nothingToDo({ leftOut }: Plan): RunError {
  const left = leftOut.hidden + leftOut.notAnImage;
  const what =
    left > 0
      ? ` ${left} files were left out: ${leftOut.hidden} hidden, ${leftOut.notAnImage} not images.`
      : '';
  return new RunError('nothing-to-do', `No images were found.${what} Choose a folder that holds images.`);
}
