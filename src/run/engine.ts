import { RecipeError } from '../core/failure';
import type { Engine } from '../core/gpu';
import type { Recipe } from '../core/recipe';

/** Which engine computes, and why that one. */
export interface EngineInfo {
  readonly engine: Engine;
  /** Goes on after the engine's name: `the adapter is a software one (swiftshader)`. */
  readonly why: string;
}

/**
 * How many decode workers suit this machine, and compute workers on the CPU. More than eight decode workers gain nothing on the
 * machines measured while each holds its pixels; fewer than two leave a core idle while a file is read.
 */
export function workerCount(): number {
  return Math.min(8, Math.max(2, navigator.hardwareConcurrency || 2));
}

/**
 * Says which engine a run uses here: the GPU is asked for once a page. A run that goes on keeps the engine that it began with as long
 * as there is one.
 * @throws RecipeError when the recipe wants a GPU and the browser has none.
 */
export async function chooseEngine(
  { engine: wanted, image }: Pick<Recipe, 'engine'> & { readonly image: Pick<Recipe['image'], 'resample'> },
  earlier: Engine | null = null,
): Promise<EngineInfo> {
  if (earlier === 'cpu') return { engine: 'cpu', why: 'the run began on it' };
  if (wanted === 'cpu') return { engine: 'cpu', why: 'the recipe says so' };
  if (wanted === 'auto' && earlier === null && image.resample !== 'pillow')
    return { engine: 'cpu', why: `the GPU does not resample as ${image.resample}` };
  const { askAdapter } = await import('../gpu/adapter'); // the page's first load does without it
  const adapter = await askAdapter();
  if (adapter === null && wanted === 'webgpu') {
    const message = 'got webgpu, and this browser gives no WebGPU adapter; choose auto or cpu';
    throw new RecipeError([{ path: 'engine', message }]);
  }
  if (adapter === null) {
    const gone = earlier === 'webgpu' ? ' any more, though the run began on one' : '';
    return { engine: 'cpu', why: `the browser gives no WebGPU adapter${gone}` };
  }
  if (earlier === 'webgpu') return { engine: 'webgpu', why: `the run began on it (${adapter.name})` };
  if (wanted === 'webgpu') return { engine: 'webgpu', why: `the recipe says so (${adapter.name})` };
  return adapter.software
    ? { engine: 'cpu', why: `the adapter is a software one (${adapter.name})` }
    : { engine: 'webgpu', why: adapter.name };
}
