import { assert } from '../base/assert';

/** Vectors of unit length, one behind the other. */
export interface Vectors {
  readonly data: Float32Array;
  /** Numbers in each. */
  readonly length: number;
}

/** Vectors whose labels are known: places among {@link Vectors} and the classes there, 0 to `classes - 1`. */
export interface Labelled {
  readonly at: readonly number[];
  readonly classIds: readonly number[];
  readonly classes: number;
}

/** Scores of each class for vectors: a row a vector, between 0 and 1, their sum 1. */
export interface Proposer {
  readonly scores: (at: number) => Float32Array;
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
export function linearProbe(vectors: Vectors, labelled: Labelled): Proposer {
  const { at, classIds, classes } = labelled;
  const count = at.length;
  assert(count > 1 && classes > 1, 'a probe of one class');
  const targets = centredTargets(classIds, classes);
  const kernel = kernelOf(vectors, at);
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
  const planes = planesOf(vectors, at, best.weights, classes);
  return {
    accuracy: best.right / count,
    scores(place) {
      const answers = new Float64Array(classes);
      const { data, length } = vectors;
      const from = place * length;
      for (let c = 0; c < classes; c++) {
        const plane = c * (length + 1);
        let sum = planes[plane + length]; // the constant
        for (let d = 0; d < length; d++) sum += planes[plane + d] * data[from + d];
        answers[c] = sum;
      }
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
export function nearestNeighbours(vectors: Vectors, labelled: Labelled, neighbours = 10): Proposer {
  const { at, classIds, classes } = labelled;
  const vote = (place: number, without: number): Float32Array => {
    const nearest: { similarity: number; classId: number }[] = [];
    for (let i = 0; i < at.length; i++) {
      if (i === without) continue;
      const similarity = dot(vectors, place, at[i]);
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
  let right = 0;
  for (const [i, place] of at.entries()) if (largest(vote(place, i)) === classIds[i]) right++;
  return { accuracy: right / at.length, scores: (place) => vote(place, -1) };
}

/** Position of the largest; the first of several. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function dot({ data, length }: Vectors, a: number, b: number): number {
  let sum = 0;
  const from = a * length;
  const to = b * length;
  for (let i = 0; i < length; i++) sum += data[from + i] * data[to + i];
  return sum;
}

/** Cosines of the labelled vectors with each other, and 1 for the constant that stands in for an intercept. */
function kernelOf(vectors: Vectors, at: readonly number[]): Float64Array {
  const kernel = new Float64Array(at.length ** 2);
  for (let i = 0; i < at.length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(vectors, at[i], at[j]) + 1;
      kernel[i * at.length + j] = value;
      kernel[j * at.length + i] = value;
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

/** The probe's plane of each class, with its constant behind it. */
function planesOf(
  { data, length }: Vectors,
  at: readonly number[],
  weights: Float64Array,
  classes: number,
): Float32Array {
  const planes = new Float32Array(classes * (length + 1));
  for (const [i, place] of at.entries())
    for (let c = 0; c < classes; c++) {
      const weight = weights[i * classes + c];
      const plane = c * (length + 1);
      for (let d = 0; d < length; d++) planes[plane + d] += weight * data[place * length + d];
      planes[plane + length] += weight;
    }
  return planes;
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
