/** A class with the score that the model gives it. */
export interface ScoredClass {
  readonly name: string;
  /** 0 to 1. */
  readonly score: number;
}

/** The `count` best classes, best first; of equal scores the earlier class wins. */
export function topClasses(
  scores: Float32Array,
  names: readonly string[],
  count: number,
): readonly ScoredClass[] {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (best.length === count && !(scores[i] > scores[best[count - 1]])) continue;
    let at = best.length;
    while (at > 0 && scores[i] > scores[best[at - 1]]) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
  }
  return best.map((i) => ({ name: names[i], score: scores[i] }));
}
