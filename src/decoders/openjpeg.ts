import wasmUrl from '@cornerstonejs/codec-openjpeg/decodewasm?url';
import createModule from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { undecodable } from './damage';
import { orient } from './orient';
import { type Area, eightBits, withoutAreas } from './still';
import { inSrgb, samplesInSrgb } from './to-srgb';

/** What a JPEG 2000 says of itself. */
export interface Jp2 {
  readonly size: Size;
  readonly components: 1 | 3;
  /** Of a sample. */
  readonly bits: number;
  readonly signed: boolean;
  readonly profile: Uint8Array | null;
  /** Times that each side can be halved while decoding. */
  readonly levels: number;
  /** Where the codestream begins. */
  readonly start: number;
  /** Where the codestream ends, as far as its parts tell. */
  readonly end: number;
}

/**
 * Decodes a JPEG 2000 by OpenJPEG, at a fraction of its size where that is wanted and coded. What is `missing` of one that was mended is
 * transparent.
 */
export async function decodeJp2(
  bytes: Uint8Array,
  jp2: Jp2,
  header: Header,
  request: DecodeRequest,
  missing: readonly Area[] | null = null,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const halvings = Math.min(Math.log2(request.reduction), jp2.levels);
  try {
    const openjpeg = await module();
    const decoder = new openjpeg.J2KDecoder();
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      if (halvings > 0) decoder.decodeSubResolution(halvings, 0);
      else decoder.decode();
      const raster = await pixelsOf(
        decoder,
        decoder.calculateSizeAtDecompositionLevel(halvings),
        jp2,
        request,
      );
      if (!raster.ok) return raster;
      const seen = missing === null ? raster.value : withoutAreas(raster.value, missing);
      const upright = orient(seen, request.orientation);
      return succeeded([
        { frame: 0, raster: upright, scale: 2 ** halvings, alpha: header.alpha || missing !== null },
      ]);
    } finally {
      decoder.delete();
    }
  } catch (error) {
    const said = typeof error === 'number' ? await exceptionText(error) : error;
    loading = null; // a module that threw may be out of memory, which it never gives back
    return undecodable('JPEG 2000', said);
  }
}

async function pixelsOf(
  decoder: J2KDecoder,
  { width, height }: Size,
  jp2: Jp2,
  request: DecodeRequest,
): Promise<Outcome<Pixels>> {
  // Luma and colour differences are RGB by now: the module converts them.
  const { bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
  const decoded = decoder.getDecodedBuffer();
  const wide = bitsPerSample > 8;
  const count = width * height * componentCount;
  if (componentCount !== jp2.components || decoded.length !== count * (wide ? 2 : 1))
    return undecodable('JPEG 2000', `${decoded.length} bytes came out for ${width} × ${height} pixels`);
  const copy = decoded.slice();
  // Signed samples are shifted to begin at zero, as the standard's own level shift does for unsigned ones.
  const zero = isSigned ? 2 ** (bitsPerSample - 1) : 0;
  const samples = wide ? new Uint16Array(copy.buffer) : copy;
  if (zero > 0) for (let i = 0; i < samples.length; i++) samples[i] += zero;
  const white = 2 ** bitsPerSample - 1;
  const layout = { width, height, channels: jp2.components, white };
  const space = jp2.components === 1 ? 'GRAY' : 'RGB';
  if (!wide) return inSrgb(eightBits(samples, layout), jp2.profile, space, request);
  return samplesInSrgb(samples, layout, jp2.profile, space, request);
}

let loading: Promise<OpenJpeg> | null = null;

function module(): Promise<OpenJpeg> {
  loading ??= load();
  return loading;
}

async function load(): Promise<OpenJpeg> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`the decoder could not be loaded: HTTP ${response.status}`);
  return createModule({ wasmBinary: await response.arrayBuffer(), print() {}, printErr() {} });
}

/** What a C++ exception says: the second word of a `std::runtime_error` is its text. */
async function exceptionText(error: number): Promise<string> {
  const { HEAPU8, HEAPU32 } = await module();
  const text = HEAPU32[(error >>> 2) + 1] ?? 0;
  const end = HEAPU8.indexOf(0, text);
  if (text === 0 || end < 0 || end - text > 200) return 'the decoder gave up';
  return new TextDecoder().decode(HEAPU8.slice(text, end)) || 'the decoder gave up';
}
