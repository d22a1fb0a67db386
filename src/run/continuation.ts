import { orderedMap } from '../base/flow';
import { RunError } from '../core/failure';
import type { Plan, PlannedImage } from '../core/plan';
import type { Grants } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { readSignedUrl } from '../core/signed-url';
import { type Checkpoint, type CommittedShard, checkpointVersion, type InputPrint } from './checkpoint';
import type { Crew } from './crew';
import { type DecodeContext, decodeOne } from './decode-one';
import type { EngineInfo } from './engine';

/** The checkpoint of a run that has not begun. */
export async function newCheckpoint(
  id: string,
  sourceName: string,
  recipe: Recipe,
  plan: Plan,
  grants: Grants,
  engine: EngineInfo,
): Promise<Checkpoint> {
  return {
    id,
    version: checkpointVersion,
    sourceName,
    recipe,
    engine,
    startedMs: Date.now(),
    state: 'unfinished',
    recipeHash: await hashRecipe(recipe),
    inputs: plan.images.map(({ ref }): InputPrint => [ref.key, ref.bytes, ref.modified]),
    shards: plan.shards.length,
    committed: [],
    log: [],
    elapsedSeconds: 0,
    grants: {
      ...(grants.folder && { folder: grants.folder }),
      ...(grants.output && { output: grants.output }),
      ...(grants.decisions && { decisions: grants.decisions }),
    },
  };
}

/** sha256 of a recipe's JSON with sorted keys, in hex: equal recipes have equal hashes however they were written. */
export async function hashRecipe(recipe: Recipe): Promise<string> {
  const text = JSON.stringify(recipe, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Makes sure that a run goes on over the inputs and the recipe it began with; only images that failed may differ
 * when they are retried.
 * @throws RunError `inputs-changed` naming what differs.
 */
export function checkInputs(earlier: Checkpoint, now: Checkpoint, retrying: boolean): void {
  if (earlier.recipeHash !== now.recipeHash) {
    throw new RunError(
      'inputs-changed',
      'The recipe is not the one that the run began with. Start a new run, or load the recipe of the old one.',
    );
  }
  const mayDiffer = new Set(
    retrying ? earlier.committed.flatMap((shard) => shard.tally.failures.map((failure) => failure.key)) : [],
  );
  const present = new Map(now.inputs.map((input) => [input[0], input]));
  const before = new Set(earlier.inputs.map(([key]) => key));
  const missing = earlier.inputs.filter(([key]) => !present.has(key)).map(([key]) => key);
  const added = now.inputs.filter(([key]) => !before.has(key)).map(([key]) => key);
  const changed = earlier.inputs
    .filter(([key, bytes, modifiedMs]) => {
      const input = present.get(key);
      return input !== undefined && !mayDiffer.has(key) && (input[1] !== bytes || input[2] !== modifiedMs);
    })
    .map(([key]) => key);
  const told = [tell(missing, 'gone'), tell(changed, 'changed'), tell(added, 'new')].filter(
    (part) => part !== '',
  );
  if (told.length > 0) {
    throw new RunError(
      'inputs-changed',
      `Since the run began: ${told.join('; ')}. Put them back as they were, or start a new run.`,
    );
  }
}

function tell(keys: readonly string[], what: string): string {
  if (keys.length === 0) return '';
  const shown = keys.slice(0, 5).join(', ');
  const more = keys.length > 5 ? ` and ${keys.length - 5} more` : '';
  return `${keys.length} ${keys.length === 1 ? 'image is' : 'images are'} ${what} (${shown}${more})`;
}

/** Forgets committed shards whose files are no longer in the target as they were written. */
export async function dropMissing(checkpoint: Checkpoint, crew: Crew): Promise<Checkpoint> {
  const missing = new Set(await crew.write.findMissing(checkpoint.committed.flatMap((shard) => shard.files)));
  if (missing.size === 0) return checkpoint;
  return {
    ...checkpoint,
    committed: checkpoint.committed.filter((shard) => !shard.files.some((file) => missing.has(file.path))),
  };
}

/**
 * Decodes the failed images again, and forgets the shards of those that are good now, so that they are redone.
 * @throws RunError `inputs-changed` when a shard cannot be redone, since links of its good images have expired meanwhile.
 */
export async function dropRecovered(
  checkpoint: Checkpoint,
  plan: Plan,
  context: DecodeContext,
): Promise<Checkpoint> {
  const failed = new Set(
    checkpoint.committed.flatMap((shard) => shard.tally.failures.map((failure) => failure.key)),
  );
  const images = plan.images.filter((image) => failed.has(image.ref.key));
  const recovered = new Set<string>();
  // Few at a time, and of each only whether it is good: thousands of decoded pictures would not fit in memory.
  const tried = orderedMap(images, { width: triedAtOnce }, async (image) => {
    const { ok } = await decodeOne(context, image);
    return { key: image.ref.key, ok };
  });
  for await (const { key, ok } of tried) if (ok) recovered.add(key);
  const stays = (shard: CommittedShard) =>
    !shard.tally.failures.some((failure) => recovered.has(failure.key));
  const again = checkpoint.committed.filter((shard) => !stays(shard)).map(({ index }) => plan.shards[index]);
  refuseExpired(
    again
      .flatMap(({ start, end }) => plan.images.slice(start, end))
      .filter(({ ref }) => !failed.has(ref.key)),
  );
  return { ...checkpoint, committed: checkpoint.committed.filter(stays) };
}

/** Enough that links of slow servers and all workers are kept busy; each may hold a decoded picture. */
const triedAtOnce = 16;

/** A shard is redone with all its images, so those that were good are fetched again too. */
function refuseExpired(images: readonly PlannedImage[]): void {
  const now = Date.now();
  const expired = images.filter(
    ({ ref: { origin } }) =>
      origin.kind === 'link' && (readSignedUrl(origin.url)?.expiresAt ?? Number.POSITIVE_INFINITY) <= now,
  );
  if (expired.length === 0) return;
  throw new RunError(
    'inputs-changed',
    `${expired.length} more links have expired, of images that lie in the same shards and must be fetched again with those that are retried. Paste fresh links for all images of the list.`,
  );
}
