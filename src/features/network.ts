import type { Tensor } from '@tensorflow/tfjs-core';
import { RunError } from '../core/failure';
import type { ModelManifest } from '../core/model-manifest';

/** A network that is fed `[pictures, height, width, 3]` and gives the tensors of the wanted nodes. */
export interface Network {
  /** Gives the embedding and, where it is asked for, the class scores; the caller disposes of both. */
  run(input: Tensor): Promise<readonly [embedding: Tensor, scores: Tensor | null]>;
  dispose(): void;
}

/** Says that a model has none of the manifest's embedding nodes, and names those near its end. */
export function noNode({ label, embedding }: ModelManifest, nodes: readonly string[]): RunError {
  return new RunError(
    'features',
    `The model ${label} has no ${embedding.nodes.join(' or ')} that would give its embedding. Its last are ${nodes.slice(-6).join(', ')}.`,
  );
}
