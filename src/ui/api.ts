import { engineInfo } from '../run/engine';
import { type Listing, listImages } from '../run/listing';
import type { LibraryModel } from '../run/model-library';
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
  /** Pretrained models: loaded when somebody looks at them. */
  loadModelLibrary: () => import('../run/model-library'),
} as const;

export type ModelLibrary = typeof import('../run/model-library');

export type { LibraryModel, Listing, OutdatedRun, Preflight, PreviewResult, SavedRun, Studio };
