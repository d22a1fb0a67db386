/** Which engine computes and how many workers it has. */
export interface EngineInfo {
  readonly engine: 'cpu';
  /** Decode workers, and as many compute workers. */
  readonly workers: number;
}

/**
 * Says which engine a run uses here. More than eight decode workers gain nothing on the machines measured while
 * each holds its pixels; fewer than two leave a core idle while a file is read.
 */
export function engineInfo(): EngineInfo {
  return { engine: 'cpu', workers: Math.min(8, Math.max(2, navigator.hardwareConcurrency || 2)) };
}
