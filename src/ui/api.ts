import type { Analysis, AnalysisJob, Near, ProposalWay } from '../run/analysis';
import { chooseEngine, type EngineInfo, workerCount } from '../run/engine';
import type { Listing } from '../run/listing';
import type { LibraryModel } from '../run/model-library';
import type { Preflight } from '../run/preflight';
import { registry, schema } from '../run/registry';
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
import type { PreviewPicture, PreviewResult, Studio } from '../run/studio';
import { sweepUnpacked } from '../run/sweep-unpacked';

/** All that the page asks of the house below it. What its first sight does without is loaded when it is asked for. */
export const api = {
  registry,
  schema,
  chooseEngine,
  workerCount,
  listImages: async (...asked: Parameters<Listings>) => (await import('../run/listing')).listImages(...asked),
  makePlan: async (...asked: Parameters<Plans>) => (await import('../run/plan')).makePlan(...asked),
  loadDecisions,
  saveDecisions,
  analyse: async (job: AnalysisJob): Promise<Analysis> => (await import('../run/analysis')).analyse(job),
  preflight: async (...asked: Parameters<Preflights>) =>
    (await import('../run/preflight')).preflight(...asked),
  openStudio: async (): Promise<Studio> => (await import('../run/studio')).createStudio(),
  startRun,
  listSavedRuns,
  resumeRun,
  retryFailed,
  deleteSavedRun,
  loadSaving: () => import('../run/save'),
  sweepUnpacked,
  loadModelLibrary: () => import('../run/model-library'),
} as const;

type Listings = typeof import('../run/listing')['listImages'];
type Plans = typeof import('../run/plan')['makePlan'];
type Preflights = typeof import('../run/preflight')['preflight'];

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
