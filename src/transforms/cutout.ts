import { z } from 'zod';
import { random as numbersOf } from '../base/random';
import type { ShaderFunction } from '../core/gpu';
import type { Pixels, Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Box, Transform } from '../core/plugin';
import type { Drawn } from '../core/row';
import { probability, recordable } from './chance';
import { luma, parseColour } from './colour';
import { needsEightBitScale } from './lookup';

const knobs = z.strictObject({
  smallest: knob(z.number().min(0).max(1), 0.02, {
    label: 'From',
    help: 'Least share of the area that is erased.',
  }),
  largest: knob(z.number().min(0).max(1), 0.33, {
    label: 'To',
    help: 'Largest share of the area that is erased.',
  }),
  with: knob(z.enum(['fill', 'noise']), 'fill', {
    label: 'With',
    help: 'fill: the colour; noise: random values.',
  }),
  fill: knob(z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #ffffff'), '#000000', {
    label: 'Fill',
    help: 'Colour of what is erased.',
  }),
  probability: probability(0.5),
});

/** Erases a rectangle, as torchvision's `RandomErasing(scale=(smallest, largest), ratio=(0.3, 3.3))`, known as cutout too. */
export const cutout: Transform<z.output<typeof knobs>> = {
  id: 'cutout',
  label: 'Cutout',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const area = recordable(random.between(given.smallest, given.largest));
    const ratio = recordable(Math.exp(random.between(Math.log(0.3), Math.log(3.3))));
    const left = recordable(random.next());
    const top = recordable(random.next());
    const seed = random.next() * 2 ** 32;
    return happens ? { area, ratio, left, top, ...(given.with === 'noise' && { seed }) } : null;
  },
  apply(raster, drawn, given) {
    const { left, top, right, bottom } = boxOf(raster, drawn);
    const values = valuesOf(raster.channels, given.fill, drawn.seed);
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++)
        for (let channel = 0; channel < raster.channels; channel++)
          raster.data[(y * raster.width + x) * raster.channels + channel] = values(channel);
    return raster;
  },
  passes(drawn, picture, given) {
    const { left, top, right, bottom } = boxOf(picture, drawn);
    const values = valuesOf(picture.channels, given.fill, drawn.seed);
    const colour = () =>
      picture.channels === 1 ? values(0) * 0x10101 : values(0) | (values(1) << 8) | (values(2) << 16);
    const count = drawn.seed === undefined ? 1 : (right - left) * (bottom - top);
    const data = Uint32Array.from({ length: count }, colour);
    const each = drawn.seed === undefined ? 0 : 1;
    return [{ kind: 'colour', shader: cutoutShader, numbers: [left, top, right, bottom, each], data }];
  },
  refuses(given, { decode }) {
    if (given.smallest > given.largest)
      return `got from ${given.smallest} to ${given.largest}, which is empty; make smallest the smaller`;
    return given.with === 'noise' ? needsEightBitScale(decode) : null;
  },
};

/** The erased rectangle, in whole pixels. */
function boxOf(picture: Size, drawn: Drawn): Box {
  const { width, height } = sizeOf(picture, Number(drawn.area), Number(drawn.ratio));
  const left = Math.floor(Number(drawn.left) * (picture.width - width + 1));
  const top = Math.floor(Number(drawn.top) * (picture.height - height + 1));
  return { left, top, right: left + width, bottom: top + height };
}

/**
 * torchvision draws again when a side is too long for the picture. Here that side is the picture's, and the other one makes
 * up for it, so that one draw is enough and its share of the area holds for pictures of every shape.
 */
function sizeOf({ width, height }: Size, area: number, ratio: number): Size {
  const pixels = area * width * height;
  const across = Math.sqrt(pixels / ratio);
  const down = Math.sqrt(pixels * ratio);
  if (across > width) return { width, height: Math.min(height, Math.round(pixels / width)) };
  if (down > height) return { width: Math.min(width, Math.round(pixels / height)), height };
  return { width: Math.round(across), height: Math.round(down) };
}

/** What the rectangle is filled with, channel by channel. */
function valuesOf(channels: Pixels['channels'], fill: string, seed: unknown): (channel: number) => number {
  if (seed !== undefined) {
    const { next } = numbersOf(Number(seed));
    return () => Math.floor(next() * 256);
  }
  const colour = parseColour(fill);
  return channels === 1 ? () => luma(...colour) : (channel) => colour[channel];
}

/** Its data are a colour for the whole rectangle, or for each of its pixels. */
const cutoutShader: ShaderFunction = {
  name: 'cut_out',
  wgsl: /* wgsl */ `
fn cut_out(colour: vec3i, at: vec2i, n: u32, data: u32) -> vec3i {
  let p = at - vec2i(whole(n), whole(n + 1u));
  if (p.x < 0 || p.y < 0 || at.x >= whole(n + 2u) || at.y >= whole(n + 3u)) { return colour; }
  let i = whole(n + 4u) * (p.y * (whole(n + 2u) - whole(n)) + p.x);
  return unpacked(words[data + u32(i)]);
}`,
};
