import { version } from '../../package.json';
import type { FailureCode } from '../core/failure';
import type { Plan } from '../core/plan';
import type { RowsInfo } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { EarlierFile, PipelineStatus, RunReport } from '../core/report';
import type { WrittenFile } from '../workers/job';
import type { Meter, Tally } from './meter';
import { registry } from './registry';

interface SummaryInput {
  readonly plan: Plan;
  readonly recipe: Recipe;
  readonly recipeHash: string;
  readonly info: RowsInfo;
  readonly meter: Meter;
  readonly elapsedSeconds: number;
  readonly tally: Tally;
  readonly files: readonly WrittenFile[];
  readonly companions: readonly WrittenFile[];
  readonly earlierFiles: readonly EarlierFile[];
  /** What computed, and why. */
  readonly engine: string;
  readonly engineWhy: string;
}

/** Sums a run up for people and machines. */
export function buildReport(input: SummaryInput): RunReport {
  const { plan, recipe, recipeHash, info, meter, elapsedSeconds, tally, files, companions } = input;
  const status: PipelineStatus =
    tally.failures.length === 0 ? 'success' : tally.images === 0 ? 'failure' : 'partial failure';
  const mean = (sum: number) => Math.round(sum / tally.images);
  const failuresByCode: Partial<Record<FailureCode, number>> = {};
  for (const { code } of tally.failures) failuresByCode[code] = (failuresByCode[code] ?? 0) + 1;
  const grouped = groupPictures(files, plan.classNames.length > 0);
  return {
    metrics: {
      images_processed: tally.images,
      processing_time_sec: Math.round(elapsedSeconds * 1000) / 1000,
      corrupted_images: tally.failures.length,
      average_image_size: tally.images === 0 ? null : `${mean(tally.widths)}x${mean(tally.heights)}`,
      augmentation_applied: tally.augmentedRows > 0,
      output_format: recipe.output.formats.join(','),
      pipeline_status: status,
    },
    damaged: tally.damaged,
    misnamed: tally.misnamed,
    rows: tally.rows,
    imagesPerSecond: elapsedSeconds > 0 ? (tally.images + tally.failures.length) / elapsedSeconds : 0,
    bytesIn: tally.bytesIn,
    bytesOut: [...files, ...companions].reduce((sum, file) => sum + file.bytes, 0),
    stageMs: meter.stageMs,
    failuresByCode,
    failures: tally.failures,
    leftOut: plan.leftOut,
    files: [...grouped, ...companions],
    earlierFiles: input.earlierFiles,
    balance: tally.balance,
    classNames: plan.classNames,
    privacy: tally.privacy,
    throughput: meter.throughput(),
    python: registry.formats
      .filter((format) => recipe.output.formats.includes(format.id))
      .map((format) => ({
        format: format.id,
        code: format.python(
          [...files, ...companions].filter((file) => file.format === format.id).map((file) => file.path),
          info,
          recipe.output.options[format.id] as never,
        ),
      })),
    engine: input.engine,
    engineWhy: input.engineWhy,
    versions: { imagemill: version, browser: browserVersion() },
    recipe,
    recipeHash,
  };
}

/** Pictures are a file an image: the report names the folder that they share once. */
function groupPictures(files: readonly WrittenFile[], labelled: boolean): WrittenFile[] {
  const folders = new Map<string, WrittenFile>();
  const others: WrittenFile[] = [];
  for (const file of files) {
    const format = registry.formats.find((candidate) => candidate.id === file.format);
    if (format === undefined || format.extension !== null || file.rows === null) {
      others.push(file);
      continue;
    }
    const path = picturesRoot(file.path, labelled);
    const sum = folders.get(`${format.id} ${path}`);
    folders.set(`${format.id} ${path}`, {
      path,
      format: format.id,
      sha256: '',
      bytes: (sum?.bytes ?? 0) + file.bytes,
      rows: (sum?.rows ?? 0) + 1,
    });
  }
  return [...others, ...folders.values()];
}

/** Labelled pictures lie in a folder for each label; others in the source's own folders, below a split's or the name's. */
function picturesRoot(path: string, labelled: boolean): string {
  const parts = path.split('/');
  const depth = labelled ? parts.length - 2 : 1;
  return parts
    .slice(0, depth)
    .map((part) => `${part}/`)
    .join('');
}

/** `metrics.json`: the seven metrics by their known names, and beside them everything that was measured. */
export function metricsJson(report: RunReport): string {
  const { metrics, failures: _, files, python: _python, recipe, recipeHash, stageMs, ...rest } = report;
  const further = {
    images_per_sec: Math.round(rest.imagesPerSecond * 10) / 10,
    rows: rest.rows,
    bytes_in: rest.bytesIn,
    bytes_out: rest.bytesOut,
    stage_ms: Object.fromEntries(Object.entries(stageMs).map(([stage, ms]) => [stage, Math.round(ms)])),
    failures_by_code: rest.failuresByCode,
    damaged_images: rest.damaged.length,
    verdicts: verdictsOf(report),
    misnamed_images: rest.misnamed,
    left_out: { hidden: rest.leftOut.hidden, not_an_image: rest.leftOut.notAnImage },
    privacy: rest.privacy,
    class_names: rest.classNames,
    rows_by_split_and_class: rest.balance,
    engine: rest.engine,
    engine_why: rest.engineWhy,
    versions: rest.versions,
    files,
    earlier_files: rest.earlierFiles,
    recipe_hash: recipeHash,
    recipe,
  };
  return `${JSON.stringify({ ...metrics, ...further }, null, 2)}\n`;
}

/** Files by verdict; what failed for another reason (gone, too large, unsupported) was not judged. */
function verdictsOf({ metrics, damaged, failures }: RunReport): Readonly<Record<string, number>> {
  const judged = failures.filter(({ code }) => code === 'truncated' || code === 'corrupt');
  const recoverable = judged.filter((failure) => failure.recoverable === true).length;
  return {
    valid: metrics.images_processed - damaged.length,
    damaged: damaged.length + recoverable,
    corrupt: judged.length - recoverable,
  };
}

function browserVersion(): string {
  return /(?:Headless)?Chrom(?:e|ium)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent;
}
