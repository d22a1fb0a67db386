import createModule, { type MainModule } from 'libheif-js/libheif-wasm/libheif.js';
import wasmUrl from 'libheif-js/libheif-wasm/libheif.wasm?url';
import { failed, type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import type { Colours } from './code-points';
import { undecodable } from './damage';
import { orient } from './orient';
import type { SampleLayout } from './scale-samples';
import { divideByAlpha } from './still';
import { inSrgb, samplesInSrgb } from './to-srgb';

/**
 * Decodes the primary picture of a HEIC by libheif and libde265 (LGPL-3, fetched as a file of their own from the page's
 * origin, so that they can be replaced), upright. What the codec warns of is a failure: half a picture is none.
 */
export async function decodeHeif(
  bytes: Uint8Array,
  colours: Colours,
  header: Header,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  try {
    const decoded = decodePrimary(await module(), bytes, header);
    if (!decoded.ok) return decoded;
    const grey = header.mode === 'L';
    const { samples, ...layout } = decoded.value;
    const space = grey ? 'GRAY' : 'RGB';
    const converted =
      samples instanceof Uint16Array
        ? await samplesInSrgb(samples, layout, colours, space, request)
        : await inSrgb({ ...layout, channels: 4, data: samples }, colours, space, request);
    if (!converted.ok) return converted;
    const pixels = converted.value;
    // libheif has turned the picture by what the container says.
    const raster =
      request.orientation === header.orientation
        ? pixels
        : orient(orient(pixels, inverse(header.orientation)), request.orientation);
    return succeeded([{ frame: 0, raster, scale: 1, alpha: header.alpha }]);
  } catch (error) {
    loading = null; // a module that trapped is not to be trusted with the next file
    return undecodable('HEIC', error);
  }
}

let loading: Promise<MainModule> | null = null;

function module(): Promise<MainModule> {
  loading ??= load();
  return loading;
}

async function load(): Promise<MainModule> {
  // Under a strict policy the wasm comes from a URL of the page's own; the module starts only when handed its bytes.
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`the decoder could not be loaded: HTTP ${response.status}`);
  const wasmBinary = await response.arrayBuffer();
  return createModule({ wasmBinary, print() {}, printErr() {} });
}

/** The orientation that undoes another: a quarter turn is undone by the other, the rest by themselves. */
const inverse = (orientation: number) => (orientation === 6 ? 8 : orientation === 8 ? 6 : orientation);

// Values of libheif's C interface (libheif/heif.h, 1.23).
const colorspaceRgb = 1;
const [interleavedRgba, interleavedRgb16, interleavedRgba16] = [11, 14, 15];
const channelInterleaved = 10;
const errorMemory = 6;
const errorUnsupported = 4;
/** Bytes of a heif_error: two numbers and a string. */
const errorBytes = 12;
/** Where `strict_decoding` is in heif_decoding_options. */
const strictDecodingAt = 21;

/** Samples as they are coded: of 8 bits RGBA, deeper ones without alpha where the file has none. */
interface Stored extends SampleLayout {
  readonly samples: Uint8ClampedArray | Uint16Array;
}

function decodePrimary(heif: MainModule, bytes: Uint8Array, header: Header): Outcome<Stored> {
  const allocated: number[] = [];
  const allocate = (length: number) => {
    const at = heif._malloc(length);
    if (at === 0) throw new Error('out of memory');
    allocated.push(at);
    heif.HEAPU8.fill(0, at, at + Math.min(length, errorBytes));
    return at;
  };
  const word = (at: number): number => heif.HEAPU32[at >>> 2];
  const context = heif._heif_context_alloc();
  let [handle, image, options] = [0, 0, 0];
  try {
    const error = allocate(errorBytes);
    const out = allocate(4);
    const file = allocate(bytes.length);
    heif.HEAPU8.set(bytes, file);
    heif._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0);
    if (word(error) !== 0) return refusal(heif, error, header);
    heif._heif_context_get_primary_image_handle(error, context, out);
    if (word(error) !== 0) return refusal(heif, error, header);
    handle = word(out);
    const bits = heif._heif_image_handle_get_luma_bits_per_pixel(handle);
    const chroma = bits <= 8 ? interleavedRgba : header.alpha ? interleavedRgba16 : interleavedRgb16;
    options = heif._heif_decoding_options_alloc();
    heif.HEAPU8[options + strictDecodingAt] = 1;
    heif._heif_decode_image(error, handle, out, colorspaceRgb, chroma, options);
    if (word(error) !== 0) return refusal(heif, error, header);
    image = word(out);
    const width = heif._heif_image_get_width(image, channelInterleaved);
    const height = heif._heif_image_get_height(image, channelInterleaved);
    const plane = heif._heif_image_get_plane_readonly2(image, channelInterleaved, out);
    const stride = word(out);
    if (plane === 0 || width <= 0 || height <= 0) return undecodable('HEIC', 'no pixels came out');
    const channels = chroma === interleavedRgb16 ? 3 : 4;
    const samples = withoutPadding(
      heif.HEAPU8,
      plane,
      stride,
      width * channels * (chroma === interleavedRgba ? 1 : 2),
      height,
    );
    const premultiplied = header.alpha && heif._heif_image_handle_is_premultiplied_alpha(handle) !== 0;
    if (chroma === interleavedRgba) {
      if (premultiplied) divideByAlpha(samples, 255);
      return succeeded({ samples, width, height, channels: 4 });
    }
    const deep = new Uint16Array(samples.buffer);
    const white = 2 ** heif._heif_image_get_bits_per_pixel_range(image, channelInterleaved) - 1;
    if (premultiplied) divideByAlpha(deep, white);
    return succeeded({ samples: deep, width, height, channels, white });
  } finally {
    if (image !== 0) heif._heif_image_release(image);
    if (options !== 0) heif._heif_decoding_options_free(options);
    if (handle !== 0) heif._heif_image_handle_release(handle);
    heif._heif_context_free(context);
    for (const at of allocated) heif._free(at);
  }
}

/** Copies rows out of the module's memory. */
function withoutPadding(
  heap: Uint8Array,
  at: number,
  stride: number,
  rowBytes: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const rows = new Uint8ClampedArray(rowBytes * height);
  if (stride === rowBytes) rows.set(heap.subarray(at, at + rows.length));
  else {
    for (let y = 0; y < height; y++)
      rows.set(heap.subarray(at + y * stride, at + y * stride + rowBytes), y * rowBytes);
  }
  return rows;
}

/** What libheif says, as a failure. */
function refusal(heif: MainModule, error: number, { size }: Header): Outcome<never> {
  const [code, , text] = heif.HEAPU32.subarray(error >>> 2, (error >>> 2) + 3);
  const end = heif.HEAPU8.indexOf(0, text);
  const message = new TextDecoder().decode(heif.HEAPU8.slice(text, Math.min(end, text + 200)));
  if (code === errorMemory) {
    return failed(
      'decode',
      'too-large',
      `There is no memory for ${size.width} × ${size.height} pixels of HEIC (${message}). Lower decode.max_megapixels.`,
    );
  }
  return undecodable('HEIC', message, code === errorUnsupported ? 'unsupported' : 'corrupt');
}
