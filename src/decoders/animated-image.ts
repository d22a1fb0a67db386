import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import {
  type BrowserJob,
  converts,
  decodeInBrowser,
  failureOf,
  isSupported,
  readFrame,
} from './browser-image';
import { undecodable } from './damage';
import { orient } from './orient';

/**
 * Decodes the wanted frames of a file that may be animated: each as it is seen, composited with those before it on the
 * whole canvas, with the pixels that {@link decodeInBrowser} promises. The still picture, where it alone is wanted,
 * is decoded as of any still. `shift` is how many pictures the file counts before the first frame of its animation.
 */
export async function decodeFrames(job: BrowserJob, shift = 0): Promise<Outcome<readonly DecodedFrame[]>> {
  const { frames } = job.request;
  if (frames.length === 1 && frames[0] === 0) return decodeInBrowser(job);
  if (typeof ImageDecoder === 'undefined' || !(await isSupported(job.type)))
    return undecodable(job.label, 'this browser cannot decode further frames', 'unsupported');
  const decoder = new ImageDecoder({
    type: job.type,
    // A file's bytes are never in shared memory, which is all that the type asks.
    data: job.bytes as Uint8Array<ArrayBuffer>,
    colorSpaceConversion: converts(job) ? 'default' : 'none',
    preferAnimation: true,
  });
  try {
    await decoder.completed;
    const decoded: DecodedFrame[] = [];
    for (const frame of frames) {
      const { image } = await decoder.decode({ frameIndex: frame - shift });
      try {
        const { raster, alpha } = (await readFrame(image, converts(job))) ?? (await readPlanes(image));
        decoded.push({ frame, raster: orient(raster, job.request.orientation), scale: 1, alpha });
      } finally {
        image.close();
      }
    }
    return succeeded(decoded);
  } catch (error) {
    return failureOf(job, error);
  } finally {
    decoder.close();
  }
}

/** Reads a frame of YUV planes, as opaque AVIF sequences are, by the browser's own conversion. */
async function readPlanes(image: VideoFrame) {
  const rect = image.visibleRect;
  if (rect === null) throw new Error('the frame has no pixels');
  const data = new Uint8ClampedArray(image.allocationSize({ format: 'RGBA' }));
  await image.copyTo(data, { format: 'RGBA' });
  const raster = { width: rect.width, height: rect.height, channels: 4, data } as const;
  return { raster, alpha: image.format?.endsWith('A') === true };
}
