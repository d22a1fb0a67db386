import { z } from 'zod';
import type { Transform } from '../core/plugin';
import type { Drawn } from '../core/row';
import { probability } from './chance';
import { needsEightBitScale } from './lookup';
import { applyOperation, type Chosen, chooseOperation, operationPasses, type Ranges } from './policy';
import { outside } from './warp';

const knobs = z.strictObject({ ...outside, probability: probability(1) });

/** TrivialAugment (Müller and Hutter, 2021), wide: one operation of fourteen at a strength of its own. */
export const trivial: Transform<z.output<typeof knobs>> = {
  id: 'trivial',
  label: 'TrivialAugment',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const strength = Math.floor(random.next() * 31) / 30; // the paper's 31 steps
    const chosen = chooseOperation(random, strength, ranges);
    return happens ? { ...chosen } : null;
  },
  apply: (raster, drawn, given) => applyOperation(raster, chosenOf(drawn), given),
  passes: (drawn, picture, given) => operationPasses(picture, [chosenOf(drawn)], given),
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

const chosenOf = (drawn: Drawn): Chosen => ({
  operation: String(drawn.operation),
  magnitude: Number(drawn.magnitude),
});

/** torchvision's `TrivialAugmentWide`, whose shifts of 32 pixels are those of a picture of 224. */
const ranges: Ranges = { slope: 0.99, shift: 32 / 224, degrees: 135, factor: 0.99, bits: 2 };
