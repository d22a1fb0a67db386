import { crc32 } from '../base/crc32';
import { inflateRaw } from '../base/inflate';
import { failed, type Outcome, succeeded } from './failure';

/** Where a member of an archive lies in it: what is read, and how it becomes the member's bytes. Cloneable. */
export interface MemberSpan {
  /** The archive's bytes `[start, end)` hold the member's packed content, with whatever stands before and behind it. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the packed content. */
  readonly packed: number;
  readonly packing: 'stored' | 'deflate';
  /** True in a zip, whose record begins with a header of a length that only it tells. */
  readonly headed: boolean;
  /** What the archive says of the unpacked bytes; null in a tar, which says nothing. */
  readonly crc32: number | null;
}

/**
 * Why a member cannot have the size that its archive declares, or null: deflate packs at most 1,032 to 1, and makes nothing much
 * longer.
 */
export function refuseSize(span: MemberSpan, bytes: number): string | null {
  const { packing, packed } = span;
  if (packing === 'stored' && bytes !== packed)
    return `The archive declares ${bytes} bytes for it and holds ${packed}.`;
  if (packed > bytes * worstRatio + 64 * 1024)
    return `The archive declares ${bytes} bytes for it, which ${packed} packed bytes are too many for.`;
  if (bytes <= packed * bestRatio + 1024) return null;
  return `The archive declares ${bytes} bytes for it, and its ${packed} packed bytes cannot hold them.`;
}

/** The most that deflate can do (zlib's technical notes). */
const bestRatio = 1032;

/** What a packer may make longer that knows no better, many times over: else a small image may ask for gigabytes to be read. */
const worstRatio = 2;

/**
 * Unpacks a member from the archive's bytes of its span and checks it; memory is taken for the `bytes` that were declared,
 * once {@link refuseSize} lets them pass. Fails as `truncated` or `corrupt`.
 */
export async function unpackMember(
  record: Uint8Array<ArrayBuffer>,
  span: MemberSpan,
  bytes: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const refused = refuseSize(span, bytes);
  if (refused !== null) return failed('decode', 'corrupt', refused);
  const begin = span.headed ? contentOf(record) : 0;
  if (begin === null) return failed('decode', 'corrupt', noHeader);
  const packed = record.subarray(begin, begin + span.packed);
  if (packed.length < span.packed) return failed('decode', 'truncated', cutOff);
  const content = span.packing === 'stored' ? packed : await inflateRaw(packed, bytes);
  if (content === null) return failed('decode', 'corrupt', broken);
  if (span.crc32 !== null && crc32(content) !== span.crc32) return failed('decode', 'corrupt', otherSum);
  return succeeded(content);
}

const again = 'Make or download the archive again.';
const noHeader = `Where the archive's directory says that it begins, there is something else. ${again}`;
const cutOff = `The archive ends before it does. ${again}`;
const broken = `Its packed bytes in the archive are damaged. ${again}`;
const otherSum = `Its checksum (CRC-32) is not the one in the archive's directory. ${again}`;

/** Where the content behind a zip's local header begins (APPNOTE 4.3.7); null when there is no header. */
function contentOf(record: Uint8Array): number | null {
  if (record.length < localHeader) return null;
  const view = new DataView(record.buffer, record.byteOffset, localHeader);
  if (view.getUint32(0, true) !== 0x04034b50) return null;
  return localHeader + view.getUint16(26, true) + view.getUint16(28, true);
}

/** Bytes of a zip's local header, without the name and the extra field behind it. */
export const localHeader = 30;
