import type { Analysis, AnalysisJob, Near, ProposalWay } from '../run/analysis';
import { chooseEngine, type EngineInfo, workerCount } from '../run/engine';
import { type Listing, listImages } from '../run/listing';
import type { LibraryModel } from '../run/model-library';
import { makePlan } from '../run/plan';
import { type Preflight, preflight } from '../run/preflight';
import { tellPrivacy } from '../run/privacy';
import { registry, schema } from '../run/registry';
import { readOutput, saveZip } from '../run/save';
import { loadDecisions, saveDecisions } from '../run/saved-decisions';
import {
  deleteSavedRun,
  listSavedRuns,
  type OutdatedRun,
  resumeRun,
  retryFailed,
  type SavedRun,
} from '../run/saved-runs';
import { startRun } from '../run/start';
import { createStudio, type PreviewPicture, type PreviewResult, type Studio } from '../run/studio';
import { sweepUnpacked } from '../run/sweep-unpacked';

/** All that the page asks of the house below it. */
export const api = {
  registry,
  schema,
  chooseEngine,
  workerCount,
  listImages,
  makePlan,
  loadDecisions,
  saveDecisions,
  /** Loaded when somebody reviews labels. */
  analyse: async (job: AnalysisJob): Promise<Analysis> => (await import('../run/analysis')).analyse(job),
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

/** A preview whose original is there, be it from an earlier one. */
export type PreviewShown = PreviewResult & { readonly original: ImageBitmap };

export type ModelLibrary = typeof import('../run/model-library');

export type {
  Analysis,
  EngineInfo,
  LibraryModel,
  Listing,
  Near,
  OutdatedRun,
  Preflight,
  PreviewPicture,
  ProposalWay,
  SavedRun,
  Studio,
};
