import { z } from 'zod';
import type { Decoded, ImageMeta, Raster } from '../core/image';
import type { Registry } from '../core/plugin';
import { nothingPrivate } from '../core/privacy';
import { parseRecipe, type Recipe, recipeSchema } from '../core/recipe';
import { transforms } from './index';

/** Draws pixels that a line of Python draws too, for arrays pinned from Pillow: value i is `((i*i*7 + i*31) >> 1) % 256`. */
export function drawRaster(width: number, height: number, channels: 1 | 3 | 4): DrawnRaster {
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => Math.floor((i * i * 7 + i * 31) / 2) % 256,
  );
  return { width, height, channels, data };
}

/** Draws a smooth picture, at most 33 by 18, whose colours change slowly, for comparisons of what codecs lose: value `20 + 3x + 4y + 30c + xy % 7`. */
export function drawSmooth(width: number, height: number, channels: 1 | 3): DrawnRaster {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return 20 + 3 * x + 4 * y + 30 * (i % channels) + ((x * y) % 7);
  });
  return { width, height, channels, data };
}

interface DrawnRaster extends Raster {
  readonly data: Uint8Array;
}

/** Parses a recipe over this room's transforms; other rooms' plug-ins are names only. */
export function parseTestRecipe(input: unknown): Recipe {
  const named = (id: string) => ({ id, label: id, knobs: z.strictObject({}) });
  const registry = {
    sources: [named('folder')],
    transforms,
    extractors: [named('descriptor')],
    formats: [named('npy'), named('csv')],
    targets: [named('zip')],
  } as unknown as Registry; // the schema reads ids and knobs alone
  return parseRecipe(input, recipeSchema(registry));
}

/** Draws a decoded picture of the given size. */
export function drawDecoded(width: number, height: number, alpha = false): Decoded {
  const raster = drawRaster(width, height, 4);
  if (!alpha) for (let at = 3; at < raster.data.length; at += 4) raster.data[at] = 255;
  const size = { width, height };
  const meta: ImageMeta = {
    format: 'png', mode: 'RGB', bytes: 1, sha256: '', stored: size, oriented: size, orientation: 1, frames: 1, damaged: null,
    exif: null, privacy: nothingPrivate, exifBlock: null,
  }; // biome-ignore format: a record
  return { meta, frames: [{ frame: 0, raster, scale: 1, alpha }] };
}

/** A generator of numbers in [0, 1) with a fixed seed, for tests that try many cases. */
export function testNumbers(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >>> 0) / 2 ** 32;
  };
}
