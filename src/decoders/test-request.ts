import type { Header, Pixels } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';

/** A request for every pixel of the first frame, in 8 bits and sRGB, but for what is said. */
export function requestFor(some: Partial<DecodeRequest> = {}): DecodeRequest {
  return {
    reduction: 1,
    orientation: 1,
    wanted: null,
    frames: [0],
    deep: false,
    range: 'type',
    colour: 'srgb',
    maxMetadataBytes: 1e6,
    ...some,
  };
}

/** A file's header, of one that has none an error. */
export function headerOf(decoder: Decoder, bytes: Uint8Array): Header {
  const header = decoder.readHeader(bytes);
  if (!header.ok) throw new Error(header.failure.message);
  return header.value;
}

/** A file's first frame, upright; of one that cannot be decoded an error. */
export async function pixelsOf(
  decoder: Decoder,
  bytes: Uint8Array,
  some: Partial<DecodeRequest> = {},
): Promise<Pixels> {
  const header = headerOf(decoder, bytes);
  const request = requestFor({ orientation: header.orientation, ...some });
  const outcome = await decoder.decode(bytes, header, request);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value[0].raster;
}

/** The failure code of the header or the structure, or null. */
export function codeOf(decoder: Decoder, bytes: Uint8Array): string | null {
  const header = decoder.readHeader(bytes);
  const outcome = header.ok ? decoder.findDamage(bytes) : header;
  return outcome === null || outcome.ok ? null : outcome.failure.code;
}

/** Why a file whose header is fine cannot be decoded, or null. */
export async function failureOf(decoder: Decoder, bytes: Uint8Array): Promise<string | null> {
  const outcome = await decoder.decode(bytes, headerOf(decoder, bytes), requestFor());
  return outcome.ok ? null : outcome.failure.code;
}
