import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import { type BrowserJob, converts, isSupported, readFrame } from './browser-image';
import { undecodable } from './damage';
import { orient } from './orient';

/**
 * Decodes what is left of a damaged file by the browser's own codecs, at full size: the wanted frames as far as their data
 * goes. Rows that are missing are transparent, so that they show the recipe's background. Frames that are not there at
 * all are left out; when not one pixel can be had, it is an `undecodable` failure.
 *
 * A codec gives what it has when it waits for more data, so the stream is never closed. One that meets an error
 * gives nothing; then the longest beginning of the file that it takes is looked for by halving.
 */
export async function recoverInBrowser(
  job: BrowserJob,
  shift = 0,
): Promise<Outcome<readonly DecodedFrame[]>> {
  if (typeof ImageDecoder === 'undefined' || !(await isSupported(job.type)))
    return undecodable(job.label, 'this browser gives no pixels of a damaged file', 'unsupported');
  const whole = await attempt(job, job.bytes.length, shift, 10);
  if (Array.isArray(whole) && whole.length > 0) return succeeded(whole);
  let best: readonly DecodedFrame[] = [];
  if (whole === 'broken') {
    let [good, bad] = [0, job.bytes.length];
    for (let step = 0; step < halvings && bad - good > 1; step++) {
      const length = (good + bad) >> 1;
      const found = await attempt(job, length, shift, 1);
      if (found === 'broken' || found === 'no header') bad = length;
      else {
        good = length;
        if (found !== 'nothing') best = found;
      }
    }
  }
  return best.length > 0 ? succeeded(best) : undecodable(job.label, 'no pixel can be recovered');
}

/** 2^-12 of a file is less than a row of most pictures; each costs a decode. */
const halvings = 12;

/**
 * Decodes the file's first `length` bytes; `broken` when the codec met an error, in its header or behind it, `nothing` when
 * it waits for more. `patience` is how long it may.
 */
async function attempt(
  job: BrowserJob,
  length: number,
  shift: number,
  patience: number,
): Promise<readonly DecodedFrame[] | 'no header' | 'broken' | 'nothing'> {
  const { frames, orientation } = job.request;
  const decoder = new ImageDecoder({
    type: job.type,
    data: new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(job.bytes.subarray(0, length)),
    }),
    colorSpaceConversion: converts(job) ? 'default' : 'none',
    preferAnimation: frames.length > 1 || frames[0] > 0,
  });
  const recovered: DecodedFrame[] = [];
  let header = false;
  try {
    if (
      (await orPatience(
        decoder.tracks.ready.then(() => true),
        patience * leastMs,
      )) === null
    )
      return 'nothing';
    header = true;
    for (const frame of frames) {
      const decoding = decoder.decode({ frameIndex: frame - shift, completeFramesOnly: false });
      const result = await orPatience(decoding, patience * patienceMs(job));
      if (result === null) break;
      const { image, complete } = result;
      try {
        const stored = await readFrame(image, converts(job));
        if (stored === null || !(complete || hasPixels(stored.raster.data))) break;
        const raster = orient(stored.raster, orientation);
        recovered.push({ frame, raster, scale: 1, alpha: stored.alpha || !complete });
      } finally {
        image.close();
      }
      if (!complete) break;
    }
    return recovered.length > 0 ? recovered : 'nothing';
  } catch {
    // The codec's words do not matter: the file is known to be damaged, and what came before the error counts.
    return recovered.length > 0 ? recovered : header ? 'broken' : 'no header';
  } finally {
    decoder.close();
  }
}

const hasPixels = (data: Uint8Array | Uint8ClampedArray) => data.some((value) => value !== 0);

/** What waits for data never settles. Shorter than a slow machine's decode loses pixels; longer only waits. */
const patienceMs = ({ header, bytes }: BrowserJob) =>
  leastMs + (header.size.width * header.size.height) / 2e5 + bytes.length / 1e5;
const leastMs = 50;

/** The result, or null when it does not come in time. */
async function orPatience<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // closing the decoder rejects it when nobody waits any more
  }
}
