import { failed, type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Raster } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { undecodable } from './damage';
import { orient } from './orient';

/** What {@link decodeInBrowser} is asked. */
export interface BrowserJob {
  /** MIME type as the browser knows it. */
  readonly type: string;
  /** The format's name for messages. */
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly header: Header;
  readonly request: DecodeRequest;
  /** Which of the browser's two doors to try first; `decoder` by default. */
  readonly door?: 'decoder' | 'bitmap';
}

/**
 * Decodes by the browser's own codecs to upright RGBA with straight alpha: the values that are stored, except that
 * an embedded ICC profile is converted to sRGB unless the request wants colours as stored. A picture that cannot be decoded is a `corrupt` failure.
 */
export async function decodeInBrowser(job: BrowserJob): Promise<Outcome<readonly DecodedFrame[]>> {
  const doors = job.door === 'bitmap' ? [byBitmap] : [byDecoder, byDecoder, byBitmap];
  for (const door of doors) {
    try {
      const stored = await door(job);
      if (stored === null) continue;
      const { raster, alpha } = stored;
      const reduced = raster.width !== job.header.size.width || raster.height !== job.header.size.height;
      const scale = reduced ? job.request.reduction : 1;
      return succeeded([{ frame: 0, raster: orient(raster, job.request.orientation), scale, alpha }]);
    } catch (error) {
      if (error instanceof RangeError && /alloc|array length/i.test(error.message)) {
        const { width, height } = job.header.size;
        return failed(
          'decode',
          'too-large',
          `There is no memory for ${width} × ${height} pixels. Lower decode.max_megapixels, or scale the image down.`,
        );
      }
      return undecodable(job.label, error);
    }
  }
  return undecodable(job.label, 'the browser has no decoder for it', 'unsupported');
}

const converts = ({ header, request }: BrowserJob) => header.profile && request.colour === 'srgb';

interface Stored {
  readonly raster: Raster;
  readonly alpha: boolean;
}

/**
 * Decodes by WebCodecs, or gives null when this browser has none or gave planes of YUV.
 *
 * The order of the steps decides the pixels. Chromium decodes JPEG and WebP to YUV planes, which another chroma
 * upsampling and colour matrix would make RGB, when all data has arrived before the decode begins; else to RGB by
 * the codec itself, which is what libjpeg-turbo, and so Pillow, gives. So the data is streamed and the end of the
 * stream held back until the decode is under way. (`blob.stream()` gives RGB only when it wins a race.)
 */
async function byDecoder(job: BrowserJob): Promise<Stored | null> {
  if (typeof ImageDecoder === 'undefined' || !(await isSupported(job.type))) return null;
  const { size } = job.header;
  const profile = converts(job);
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const data = new ReadableStream<Uint8Array>({
    start(started) {
      controller = started;
      started.enqueue(job.bytes);
    },
  });
  const decoder = new ImageDecoder({
    type: job.type,
    data,
    colorSpaceConversion: profile ? 'default' : 'none',
    preferAnimation: false,
    ...(job.request.reduction > 1 && {
      desiredWidth: Math.ceil(size.width / job.request.reduction),
      desiredHeight: Math.ceil(size.height / job.request.reduction),
    }),
  });
  try {
    await headerOrPatience(decoder.tracks.ready);
    const decoding = decoder.decode({ frameIndex: 0 });
    controller.close();
    const { image } = await decoding;
    try {
      return await readFrame(image, profile);
    } finally {
      image.close();
    }
  } finally {
    decoder.close();
  }
}

/** Waits for the decoder to have read the header, though not for ever: a damaged one may want the end of the data. */
async function headerOrPatience(ready: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  try {
    await Promise.race([ready, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Larger makes damaged files slow; smaller than a busy machine's delays may cost a second decode. */
const patienceMs = 1000;

const supported = new Map<string, Promise<boolean>>();

function isSupported(type: string): Promise<boolean> {
  let answer = supported.get(type);
  if (answer === undefined) {
    answer = ImageDecoder.isTypeSupported(type);
    supported.set(type, answer);
  }
  return answer;
}

/** Decodes by `createImageBitmap`, which knows more types and always gives RGB, at the full size. */
async function byBitmap(job: BrowserJob): Promise<Stored> {
  // A file's bytes are never in shared memory, which is all that the type asks.
  const blob = new Blob([job.bytes as Uint8Array<ArrayBuffer>], { type: job.type });
  const bitmap = await createImageBitmap(blob, {
    imageOrientation: 'none',
    premultiplyAlpha: 'none',
    colorSpaceConversion: converts(job) ? 'default' : 'none',
  });
  try {
    if (typeof VideoFrame !== 'undefined') {
      const frame = new VideoFrame(bitmap, { timestamp: 0 });
      try {
        const stored = await readFrame(frame, converts(job));
        if (stored !== null) return stored;
      } finally {
        frame.close();
      }
    }
    return readCanvas(bitmap, job.header.alpha);
  } finally {
    bitmap.close();
  }
}

/** Reads a frame's pixels as RGBA, in sRGB when it has a profile; null when they are not RGB. */
async function readFrame(frame: VideoFrame, profile: boolean): Promise<Stored | null> {
  const rect = frame.visibleRect;
  if (rect === null) return null;
  const { width, height } = rect;
  const opaque = frame.format === 'BGRX' || frame.format === 'RGBX';
  if (!opaque && frame.format !== 'BGRA' && frame.format !== 'RGBA') return null;
  // Asked for RGBA, Chromium converts to sRGB, and on the way multiplies colours by alpha and divides again, which
  // loses them where alpha is low. In the frame's own format they come as they are stored.
  if (opaque || (profile && !isSrgb(frame.colorSpace))) {
    const data = new Uint8ClampedArray(frame.allocationSize({ format: 'RGBA' }));
    await frame.copyTo(data, { format: 'RGBA' });
    return { raster: { width, height, channels: 4, data }, alpha: !opaque };
  }
  const data = new Uint8ClampedArray(frame.allocationSize());
  await frame.copyTo(data);
  const alpha = frame.format === 'BGRA' ? swapRedAndBlue(data) : true;
  return { raster: { width, height, channels: 4, data }, alpha };
}

const isSrgb = ({ primaries, transfer }: VideoColorSpace) =>
  primaries === 'bt709' && transfer === 'iec61966-2-1';

/** Turns BGRA into RGBA in place; true when some pixel is not opaque. */
function swapRedAndBlue(data: Uint8ClampedArray): boolean {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  let all = 0xff000000;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i];
    all &= pixel;
    pixels[i] = (pixel & 0xff00ff00) | ((pixel >>> 16) & 0xff) | ((pixel & 0xff) << 16);
  }
  return all >>> 24 !== 0xff;
}

/** The last resort, of browsers without WebCodecs: a 2D canvas multiplies by alpha, so low alpha loses colour. */
function readCanvas(bitmap: ImageBitmap, alpha: boolean): Stored {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', {
    willReadFrequently: true,
  });
  if (context === null) throw new Error('the browser gave no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  return { raster: { width, height, channels: 4, data }, alpha };
}
