import type { Random } from '../base/random';

/**
 * Draws from the beta distribution with both parameters `alpha`, above 0: the quotient of two gamma variates. Takes as many
 * numbers as it needs, so it wants a stream of its own.
 */
export function drawBeta(random: Random, alpha: number): number {
  const one = logGamma(random, alpha);
  const other = logGamma(random, alpha);
  return 1 / (1 + Math.exp(other - one));
}

/**
 * The logarithm of a gamma variate, since those of a small alpha are less than a double can hold. Source: Marsaglia and Tsang, "A
 * Simple Method for Generating Gamma Variables" (ACM TOMS 26, 2000), their section 6 for alpha below 1.
 */
function logGamma(random: Random, alpha: number): number {
  const boost = alpha < 1 ? Math.log(1 - random.next()) / alpha : 0;
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return Math.log(d * v) + boost;
  }
}

/** Box and Muller's formula (Annals of Mathematical Statistics 29, 1958). */
function drawNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
