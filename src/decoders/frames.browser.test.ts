import { describe, expect, test } from 'vitest';
import { fileRef } from '../core/image';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { type DrawnFrame, drawAnimatedGif, drawAnimatedPng, pictureOfWebp } from './test-animations';
import { type Drawing, drawPng, drawWebp, gradient, join, pngChunk } from './test-files';

async function decode(bytes: Uint8Array<ArrayBuffer>, change: Partial<DecodeKnobs>) {
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse(change) };
  const { outcome } = await decodeImage(fileRef('a', new File([bytes], 'a')), wish, false);
  if (outcome === null) throw new Error('sent to a codec worker');
  return outcome;
}

async function framesOf(bytes: Uint8Array<ArrayBuffer>, change: Partial<DecodeKnobs> = { frames: 'every' }) {
  const outcome = await decode(bytes, change);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value.frames.map(({ frame, raster }) => ({ frame, rgba: [...raster.data] }));
}

/** One colour all over. */
const plain = (width: number, height: number, colour: readonly number[]): Drawing => ({
  width,
  height,
  rgba: Array.from({ length: width * height }, () => colour).flat(),
});
const red = (shade: number, alpha = 255) => [shade, 0, 0, alpha];

describe('GIF', () => {
  const frames: readonly DrawnFrame[] = [
    { drawing: plain(4, 3, red(255)), left: 0, top: 0, dispose: 1 },
    { drawing: plain(2, 1, red(85)), left: 1, top: 1, dispose: 3 },
    { drawing: plain(1, 1, red(170)), left: 0, top: 0, dispose: 2 },
    { drawing: plain(4, 3, red(0, 0)), left: 0, top: 0, dispose: 1 },
  ];
  /** What is seen of each, by the rules of disposal (GIF89a, section 23). */
  const seen = frames.map((_, i) => {
    const rgba = [...plain(4, 3, red(255)).rgba];
    const put = (x: number, y: number, colour: readonly number[]) =>
      rgba.splice(4 * (4 * y + x), 4, ...colour);
    if (i === 1) for (const x of [1, 2]) put(x, 1, red(85));
    if (i === 2) put(0, 0, red(170));
    if (i === 3) put(0, 0, [0, 0, 0, 0]);
    return rgba;
  });

  test('every frame is what is seen of it, on the whole canvas', async () => {
    const file = drawAnimatedGif(4, 3, frames);
    expect(await framesOf(file)).toEqual(seen.map((rgba, frame) => ({ frame, rgba })));
    expect(await framesOf(file, { frames: 'middle' })).toEqual([{ frame: 2, rgba: seen[2] }]);
    expect(await framesOf(file, { frames: 'every', frame_step: 3 })).toEqual(
      [0, 3].map((frame) => ({ frame, rgba: seen[frame] })),
    );
    expect(await framesOf(file, {})).toEqual([{ frame: 0, rgba: seen[0] }]);
  });

  test('thousands of frames are refused by the knob’s name, from the header', async () => {
    const many = drawAnimatedGif(
      4,
      3,
      Array.from({ length: 5000 }, () => frames[1]),
    );
    expect(await decode(many, { frames: 'every' })).toMatchObject({
      ok: false,
      failure: { code: 'too-large', message: expect.stringContaining('decode.max_frames allows 1000') },
    });
    expect(await framesOf(many, { frames: 'every', frame_step: 2500 })).toHaveLength(2);
  });

  test('a file cut in a later frame is damaged; kept, it has the frames that are there', async () => {
    const whole = drawAnimatedGif(4, 3, frames);
    const cut = whole.slice(0, whole.length - 14);
    expect(await decode(cut, { frames: 'every' })).toMatchObject({
      failure: { code: 'truncated', recoverable: true },
    });
    const kept = await framesOf(cut, { frames: 'every', damaged: 'keep' });
    expect(kept.slice(0, 3)).toEqual(seen.slice(0, 3).map((rgba, frame) => ({ frame, rgba })));
  });
});

describe('PNG', () => {
  const pictures = [40, 90, 200].map((shade) => plain(5, 4, [shade, 10, 20, 255]));
  const wanted = (...drawings: readonly Drawing[]) =>
    drawings.map(({ rgba }, frame) => ({ frame, rgba: [...rgba] }));

  test('frames of an animation begin with the default image, or follow it where it is apart', async () => {
    expect(await framesOf(drawAnimatedPng(pictures))).toEqual(wanted(...pictures));
    const still = gradient(5, 4);
    const apart = drawAnimatedPng(pictures, still);
    expect(await framesOf(apart)).toEqual(wanted(still, ...pictures));
    expect(await framesOf(apart, {})).toEqual(wanted(still));
    expect(await framesOf(apart, { frames: 'middle' })).toEqual([{ frame: 2, rgba: pictures[1].rgba }]);
  });

  test('a bomb in the metadata is refused by the knob’s name', async () => {
    const packed = new Blob([new Uint8Array(20e6)]).stream().pipeThrough(new CompressionStream('deflate'));
    const bomb = new Uint8Array(await new Response(packed).arrayBuffer());
    const named = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
    const chunks = {
      iCCP: join(named('p\0\0'), bomb),
      zTXt: join(named('p\0\0'), bomb),
      iTXt: join(named('p\0\x01\0\0\0'), bomb),
    };
    for (const [name, data] of Object.entries(chunks)) {
      const file = drawPng(gradient(2, 2), pngChunk(name, data));
      expect(await decode(file, {})).toMatchObject({
        failure: {
          code: 'too-large',
          message: expect.stringMatching(`${name}.*decode.max_metadata_megabytes`),
        },
      });
    }
    const text = drawPng(gradient(2, 2), pngChunk('zTXt', chunks.zTXt));
    expect((await decode(text, { max_metadata_megabytes: 64 })).ok).toBe(true);
  });
});

test('WebP: frames are composited', async () => {
  const canvas = new OffscreenCanvas(6, 4);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const picture = async (colour: string, width: number, height: number) => {
    canvas.width = width;
    canvas.height = height;
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 1 });
    return pictureOfWebp(new Uint8Array(await blob.arrayBuffer()));
  };
  const u24 = (value: number) => [value & 255, (value >> 8) & 255, value >> 16];
  const frame = (x: number, y: number, width: number, height: number, data: Uint8Array) => ({
    name: 'ANMF',
    data: join([...u24(x / 2), ...u24(y / 2), ...u24(width - 1), ...u24(height - 1), ...u24(10), 2], data),
  });
  const file = drawWebp(
    { name: 'VP8X', data: [2, 0, 0, 0, ...u24(5), ...u24(3)] },
    { name: 'ANIM', data: [0, 0, 0, 0, 0, 0] },
    frame(0, 0, 6, 4, await picture('#ff0000', 6, 4)),
    frame(2, 2, 2, 2, await picture('#0000ff', 2, 2)),
  );
  const [first, second] = await framesOf(file);
  const at = (rgba: readonly number[], x: number, y: number) =>
    rgba.slice(4 * (6 * y + x), 4 * (6 * y + x) + 4);
  expect(at(first.rgba, 2, 2)).toEqual([255, 0, 0, 255]);
  expect(at(second.rgba, 2, 2)).toEqual([0, 0, 255, 255]);
  expect(at(second.rgba, 0, 0)).toEqual([255, 0, 0, 255]);
  const beyond = drawWebp(
    { name: 'VP8X', data: [2, 0, 0, 0, ...u24(5), ...u24(3)] },
    { name: 'ANIM', data: [0, 0, 0, 0, 0, 0] },
    frame(0, 0, 6, 4, await picture('#ff0000', 6, 4)),
    frame(4, 2, 6, 4, await picture('#ff0000', 6, 4)),
  );
  expect(await decode(beyond, {})).toMatchObject({
    failure: {
      code: 'corrupt',
      message: expect.stringContaining('6 × 4 pixels at 4, 2, beyond the canvas of 6 × 4'),
    },
  });
  const alone = drawWebp(
    { name: 'VP8X', data: [0, 0, 0, 0, ...u24(5), ...u24(3)] },
    { name: 'VP8L', data: (await picture('#ff0000', 9, 9)).subarray(8) },
  );
  expect(await decode(alone, {})).toMatchObject({
    failure: { code: 'corrupt', message: expect.stringContaining('9 × 9 pixels does not fit the canvas') },
  });
});
