import { channelScale, type ModelInput } from '../core/model-manifest';

/** Writes one picture's numbers into a batch. */
export type FillInput = (batch: Float32Array, at: number, rgb: Uint8Array | Uint8ClampedArray) => void;

/**
 * Makes what turns 8-bit RGB pixels into the numbers that a network is fed: `(x − mean) / std` in the order of its channels.
 * Each of the 768 values is worked out once, in double precision, and rounded to float32.
 */
export function inputFiller(input: ModelInput): FillInput {
  const { mean, std } = channelScale(input);
  const [first, second, third] = mean.map((value, channel) =>
    Float32Array.from({ length: 256 }, (_, x) => (x - value) / std[channel]),
  );
  const [red, blue] = input.channels === 'RGB' ? [0, 2] : [2, 0];
  return (batch, at, rgb) => {
    for (let i = 0; i < rgb.length; i += 3) {
      batch[at + i] = first[rgb[i + red]];
      batch[at + i + 1] = second[rgb[i + 1]];
      batch[at + i + 2] = third[rgb[i + blue]];
    }
  };
}
