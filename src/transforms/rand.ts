import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import type { Drawn } from '../core/row';
import { probability } from './chance';
import { needsEightBitScale } from './lookup';
import { applyOperation, type Chosen, chooseOperation, operationPasses, type Ranges } from './policy';
import { outside } from './warp';

const knobs = z.strictObject({
  n: knob(z.int().min(1).max(8), 2, { label: 'Operations', help: 'How many are done, one after the other.' }),
  m: knob(z.number().min(0).max(30), 9, { label: 'Magnitude', help: 'How strong each is, 0 to 30.' }),
  ...outside,
  probability: probability(1),
});

/** RandAugment (Cubuk et al., 2019): n operations of fourteen, all at magnitude m. */
export const rand: Transform<z.output<typeof knobs>> = {
  id: 'rand',
  label: 'RandAugment',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const chosen = Array.from({ length: given.n }, () => chooseOperation(random, given.m / 30, ranges));
    const named = chosen.flatMap(({ operation, magnitude }, i) => [
      [`operation${i + 1}`, operation],
      [`magnitude${i + 1}`, magnitude],
    ]);
    return happens ? Object.fromEntries(named) : null;
  },
  apply(raster, drawn, given) {
    for (const chosen of chosenOf(drawn, given.n)) raster = applyOperation(raster, chosen, given);
    return raster;
  },
  passes: (drawn, picture, given) => operationPasses(picture, chosenOf(drawn, given.n), given),
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

function chosenOf(drawn: Drawn, count: number): readonly Chosen[] {
  return Array.from({ length: count }, (_, i) => ({
    operation: String(drawn[`operation${i + 1}`]),
    magnitude: Number(drawn[`magnitude${i + 1}`]),
  }));
}

/** torchvision's `RandAugment`. */
const ranges: Ranges = { slope: 0.3, shift: 150 / 331, degrees: 30, factor: 0.9, bits: 4 };
