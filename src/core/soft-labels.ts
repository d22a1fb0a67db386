import type { PlannedImage } from './plan';
import type { Mixed, SoftLabel } from './row';

type Labelled = Pick<PlannedImage, 'label' | 'labelId'>;

/**
 * Gives each label of a row its weight: what a picture weighs in the row, and those of one label together, as mixup (Zhang et al.,
 * 2018) and CutMix (Yun et al., 2019) have it. Empty when the row's own picture has no label.
 */
export function softLabelsOf(
  own: Labelled,
  mixed: readonly Mixed[],
  partnerOf: (key: string) => Labelled,
): readonly SoftLabel[] {
  if (own.label === null) return [];
  let weights = new Map([[own.labelId, { label: own.label, weight: 1 }]]);
  for (const { partner, weight } of mixed) {
    const { label, labelId } = partnerOf(partner);
    weights = new Map(Array.from(weights, ([id, each]) => [id, { ...each, weight: each.weight * weight }]));
    if (label === null) continue;
    const before = weights.get(labelId)?.weight ?? 0;
    weights.set(labelId, { label, weight: before + 1 - weight });
  }
  return Array.from(weights, ([labelId, { label, weight }]) => ({
    label,
    labelId,
    weight: Math.round(weight * 1e6) / 1e6,
  }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.labelId - b.labelId);
}

/** The same as one number for each of `classes` labels: little-endian float32. */
export function denseSoftLabels(labels: readonly SoftLabel[], classes: number): Uint8Array {
  const dense = new Float32Array(classes);
  for (const { labelId, weight } of labels) dense[labelId] = weight;
  return new Uint8Array(dense.buffer);
}
