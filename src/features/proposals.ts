import { assert } from '../base/assert';

/** Vectors whose labels are known. */
export interface Labelled {
  /** Of length 1. */
  readonly vectors: readonly Float32Array[];
  /** Of each vector, 0 to `classes - 1`. */
  readonly classIds: readonly number[];
  readonly classes: number;
}

/** What was learnt from labelled vectors. */
export interface Proposer {
  /** Scores of each class for a vector of length 1: between 0 and 1, their sum 1. */
  scores(vector: Float32Array): Float32Array;
  /**
   * Share of the labelled vectors whose own label this finds when each in turn is left out: what may be expected of the
   * others, as far as they are like them.
   */
  readonly accuracy: number;
}

/**
 * Proposes by a linear probe: regularised least squares on one-hot targets (a ridge classifier), in the dual, whose
 * leave-one-out answers come from the same inverse (R. M. Rifkin and R. A. Lippert, "Notes on Regularized Least Squares",
 * MIT-CSAIL-TR-2007-025, equation for the looe). The strength of the regularisation is the one with the best of these, and the
 * scores are a softmax whose temperature makes them most likely.
 */
export function linearProbe({ vectors, classIds, classes }: Labelled): Proposer {
  const count = vectors.length;
  assert(count > 1 && classes > 1, 'a probe of one class');
  const targets = centredTargets(classIds, classes);
  const kernel = kernelOf(vectors);
  let best: { readonly weights: Float64Array; readonly left: Float64Array; readonly right: number } | null =
    null;
  for (const strength of strengths) {
    const inverse = invert(kernel, count, strength);
    if (inverse === null) continue;
    const weights = multiply(inverse, targets, count, classes);
    // What is answered for each when it is left out: its target less its residual, weights over the inverse's diagonal.
    const left = targets.map((target, i) => {
      const row = Math.floor(i / classes);
      return target - weights[i] / inverse[row * count + row];
    });
    const right = countRight(left, classIds, classes);
    if (best === null || right > best.right) best = { weights, left, right };
  }
  assert(best !== null, 'no strength gave an inverse');
  const temperature = fitTemperature(best.left, classIds, classes);
  const planes = planesOf(vectors, best.weights, classes);
  return {
    accuracy: best.right / count,
    scores(vector) {
      const answers = Float64Array.from(planes, ({ plane, constant }) => dot(plane, vector) + constant);
      return softmax(answers, temperature);
    },
  };
}

/** From hardly any regularisation to as much as the vectors' own length, which is 1. */
const strengths = [0.01, 0.1, 1];

/**
 * Proposes by the nearest of the labelled vectors: each of the `neighbours` nearest votes with exp(cosine / 0.07), as in
 * Z. Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", 2018, section 3.4.
 */
export function nearestNeighbours({ vectors, classIds, classes }: Labelled, neighbours = 10): Proposer {
  const vote = (vector: Float32Array, without: number): Float32Array => {
    const nearest: { similarity: number; classId: number }[] = [];
    for (const [i, known] of vectors.entries()) {
      if (i === without) continue;
      const similarity = dot(vector, known);
      if (nearest.length === neighbours && similarity <= nearest[neighbours - 1].similarity) continue;
      const found = nearest.findIndex((other) => other.similarity < similarity);
      nearest.splice(found === -1 ? nearest.length : found, 0, { similarity, classId: classIds[i] });
      if (nearest.length > neighbours) nearest.pop();
    }
    const votes = new Float32Array(classes);
    let sum = 0;
    const most = nearest[0]?.similarity ?? 0;
    for (const { similarity, classId } of nearest) {
      const weight = Math.exp((similarity - most) / 0.07);
      votes[classId] += weight;
      sum += weight;
    }
    return sum > 0 ? votes.map((value) => value / sum) : votes;
  };
  const right = vectors.filter((vector, i) => largest(vote(vector, i)) === classIds[i]).length;
  return { accuracy: right / vectors.length, scores: (vector) => vote(vector, -1) };
}

/** Position of the largest; the first of several. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Cosines of the vectors with each other, and 1 for the constant that stands in for an intercept. */
function kernelOf(vectors: readonly Float32Array[]): Float64Array {
  const count = vectors.length;
  const kernel = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(vectors[i], vectors[j]) + 1;
      kernel[i * count + j] = value;
      kernel[j * count + i] = value;
    }
  }
  return kernel;
}

function centredTargets(classIds: readonly number[], classes: number): Float64Array {
  const targets = new Float64Array(classIds.length * classes).fill(-1 / classes);
  classIds.forEach((id, row) => {
    targets[row * classes + id] += 1;
  });
  return targets;
}

/** Inverts `kernel + strength · 1` by Cholesky; null where rounding has left it no longer positive. */
function invert(kernel: Float64Array, size: number, strength: number): Float64Array | null {
  const lower = kernel.slice();
  for (let i = 0; i < size; i++) lower[i * size + i] += strength;
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = lower[i * size + j];
      for (let k = 0; k < j; k++) sum -= lower[i * size + k] * lower[j * size + k];
      if (i === j) {
        if (!(sum > 0)) return null;
        lower[j * size + j] = Math.sqrt(sum);
      } else lower[i * size + j] = sum / lower[j * size + j];
    }
  }
  // Rows of the lower triangle's inverse, transposed, so that both loops below run along memory.
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const row = inverse.subarray(column * size, (column + 1) * size);
    row[column] = 1 / lower[column * size + column];
    for (let i = column + 1; i < size; i++) {
      let sum = 0;
      for (let k = column; k < i; k++) sum -= lower[i * size + k] * row[k];
      row[i] = sum / lower[i * size + i];
    }
  }
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < size; k++) sum += inverse[i * size + k] * inverse[j * size + k];
      result[i * size + j] = sum;
      result[j * size + i] = sum;
    }
  }
  return result;
}

function multiply(square: Float64Array, right: Float64Array, size: number, columns: number): Float64Array {
  const product = new Float64Array(size * columns);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = square[i * size + k];
      for (let c = 0; c < columns; c++) product[i * columns + c] += factor * right[k * columns + c];
    }
  return product;
}

/** The probe's plane of each class. */
function planesOf(vectors: readonly Float32Array[], weights: Float64Array, classes: number) {
  return Array.from({ length: classes }, (_, c) => {
    const plane = new Float32Array(vectors[0].length);
    let constant = 0;
    for (const [i, vector] of vectors.entries()) {
      const weight = weights[i * classes + c];
      for (let d = 0; d < plane.length; d++) plane[d] += weight * vector[d];
      constant += weight;
    }
    return { plane, constant };
  });
}

function countRight(answers: Float64Array, classIds: readonly number[], classes: number): number {
  return classIds.filter((id, row) => largest(answers.subarray(row * classes, (row + 1) * classes)) === id)
    .length;
}

/** The factor on the answers that makes the labels most likely, of a few: more precision than its use deserves needs no search. */
function fitTemperature(answers: Float64Array, classIds: readonly number[], classes: number): number {
  let best = { temperature: 1, likelihood: Number.NEGATIVE_INFINITY };
  for (let temperature = 1; temperature <= 64; temperature *= Math.SQRT2) {
    let likelihood = 0;
    for (const [row, id] of classIds.entries()) {
      const scores = softmax(answers.subarray(row * classes, (row + 1) * classes), temperature);
      likelihood += Math.log(Math.max(1e-6, scores[id]));
    }
    if (likelihood > best.likelihood) best = { temperature, likelihood };
  }
  return best.temperature;
}

function softmax(answers: Float64Array, factor: number): Float32Array {
  const most = Math.max(...answers);
  const scores = Float32Array.from(answers, (value) => Math.exp((value - most) * factor));
  const sum = scores.reduce((a, b) => a + b, 0);
  return scores.map((value) => value / sum);
}
