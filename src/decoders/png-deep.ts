import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16be } from './bytes';
import type { Colours } from './code-points';
import { orient } from './orient';
import { type PngData, readPngRows } from './png-rows';
import { samplesInSrgb } from './to-srgb';

/** A PNG of 16 bits a sample, taken apart. */
export interface DeepPng extends Size, Pick<PngData, 'interlaced' | 'parts'> {
  /** 0 grey, 2 RGB, 4 grey and alpha, 6 RGBA. */
  readonly colourType: number;
  /** The tRNS chunk: the one colour that is transparent; null without. */
  readonly transparent: Uint8Array | null;
  readonly colours: Colours;
}

/**
 * Decodes a PNG of 16 bits, of which browsers keep 8: by the recipe's range, with straight alpha, converted to sRGB
 * from what it says of its colours. An opaque one may be reduced: the means of blocks of stored numbers.
 */
export async function decodeDeepPng(
  png: DeepPng,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const stored = channelsOf[png.colourType];
  const opaque = stored % 2 === 1 && png.transparent === null;
  const reduction = opaque && !png.interlaced ? request.reduction : 1;
  const read = await readPngRows({ ...png, channels: stored, reduction });
  if (!read.ok) return read;
  const { width, height } = read.value;
  const { samples, channels } = withoutKey(read.value.samples, stored, png.transparent);
  const layout = { width, height, channels };
  const grey = png.colourType === 0 || png.colourType === 4;
  const drawn = await samplesInSrgb(samples, layout, png.colours, grey ? 'GRAY' : 'RGB', request);
  if (!drawn.ok) return drawn;
  const alpha = channels === 2 || channels === 4;
  return succeeded([{ frame: 0, raster: orient(drawn.value, request.orientation), scale: reduction, alpha }]);
}

const channelsOf: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

interface Keyed {
  readonly samples: Uint16Array;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Turns the colour that tRNS names into an alpha channel; takes away one that is opaque everywhere. */
function withoutKey(samples: Uint16Array, channels: 1 | 2 | 3 | 4, transparent: Uint8Array | null): Keyed {
  if (channels === 2 || channels === 4) {
    for (let at = channels - 1; at < samples.length; at += channels)
      if (samples[at] !== 65_535) return { samples, channels };
    return { samples: repacked(samples, channels, channels === 2 ? 1 : 3), channels: channels === 2 ? 1 : 3 };
  }
  if (transparent === null || transparent.length < channels * 2) return { samples, channels };
  const key = Array.from({ length: channels }, (_, channel) => u16be(transparent, channel * 2));
  const wide = channels === 1 ? 2 : 4;
  const out = repacked(samples, channels, wide);
  let found = false;
  for (let at = 0, to = 0; at < samples.length; at += channels, to += wide) {
    const hidden = key.every((value, channel) => samples[at + channel] === value);
    out[to + channels] = hidden ? 0 : 65_535;
    found ||= hidden;
  }
  return found ? { samples: out, channels: wide } : { samples, channels };
}

function repacked(samples: Uint16Array, from: number, to: number): Uint16Array {
  const out = new Uint16Array((samples.length / from) * to);
  const kept = Math.min(from, to);
  for (let at = 0, i = 0; at < samples.length; at += from, i += to)
    for (let channel = 0; channel < kept; channel++) out[i + channel] = samples[at + channel];
  return out;
}
