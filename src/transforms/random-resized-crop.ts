import { z } from 'zod';
import { random } from '../base/random';
import type { Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Box, Transform } from '../core/plugin';
import { probability } from './chance';

const knobs = z.strictObject({
  smallest: knob(z.number().min(0.01).max(1), 0.8, {
    label: 'Smallest',
    help: 'Least share of the picture’s area that is kept, 0.01 to 1.',
  }),
  probability: probability(1),
});

/**
 * Takes a random part of the picture and stretches it to the output, as torchvision's `RandomResizedCrop(scale=(smallest,
 * 1), ratio=(3/4, 4/3))`. Its tries depend on the picture's size, which is not known when numbers are drawn: so one
 * number is drawn and keys them.
 */
export const randomResizedCrop: Transform<z.output<typeof knobs>> = {
  id: 'random-resized-crop',
  label: 'Random crop',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const seed = random.next() * 2 ** 32;
    return happens ? { seed } : null;
  },
  crop: (box, _size, wanted, drawn, given) => cropped(box, wanted, given.smallest, Number(drawn.seed)),
  zoom: ({ smallest }) => 1 / Math.sqrt(smallest * narrowest),
};

const narrowest = 3 / 4;
const widest = 4 / 3;

/** torchvision's count of tries before it takes the centre. */
const tries = 10;

/**
 * Source: `RandomResizedCrop.get_params` in `torchvision/transforms/transforms.py`. Ratios are relative to the wanted
 * one, so that for a square output, where torchvision is used, they are torchvision's.
 */
function cropped(box: Box, wanted: Size, smallest: number, seed: number): Box {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const wantedRatio = wanted.width / wanted.height;
  const numbers = random(seed);
  const at = (left: number, top: number, w: number, h: number): Box => ({
    left: box.left + left,
    top: box.top + top,
    right: box.left + left + w,
    bottom: box.top + top + h,
  });
  for (let i = 0; i < tries; i++) {
    const area = width * height * numbers.between(smallest, 1);
    const ratio = wantedRatio * Math.exp(numbers.between(Math.log(narrowest), Math.log(widest)));
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = Math.floor(numbers.next() * (height - h + 1));
      const left = Math.floor(numbers.next() * (width - w + 1));
      return at(left, top, w, h);
    }
  }
  const ratio = Math.min(Math.max(width / height, narrowest * wantedRatio), widest * wantedRatio);
  const w = Math.min(width, Math.max(1, Math.round(height * ratio)));
  const h = Math.min(height, Math.max(1, Math.round(width / ratio)));
  return at(Math.floor((width - w) / 2), Math.floor((height - h) / 2), w, h);
}
