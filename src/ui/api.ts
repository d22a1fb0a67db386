import { engineInfo } from '../run/engine';
import { type Listing, listImages } from '../run/listing';
import { makePlan } from '../run/plan';
import { type Preflight, preflight } from '../run/preflight';
import { tellPrivacy } from '../run/privacy';
import { registry, schema } from '../run/registry';
import { readOutput, saveZip } from '../run/save';
import {
  deleteSavedRun,
  listSavedRuns,
  type OutdatedRun,
  resumeRun,
  retryFailed,
  type SavedRun,
} from '../run/saved-runs';
import { startRun } from '../run/start';
import { createStudio, type PreviewResult, type Studio } from '../run/studio';
import { sweepUnpacked } from '../run/sweep-unpacked';

/** All that the page asks of the house below it. */
export const api = {
  registry,
  schema,
  engineInfo,
  listImages,
  makePlan,
  preflight,
  createStudio,
  startRun,
  listSavedRuns,
  resumeRun,
  retryFailed,
  deleteSavedRun,
  saveZip,
  readOutput,
  tellPrivacy,
  sweepUnpacked,
} as const;

export type { Listing, OutdatedRun, Preflight, PreviewResult, SavedRun, Studio };
