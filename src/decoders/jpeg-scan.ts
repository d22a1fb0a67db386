import { u16be } from './bytes';

/** How much of a JPEG's picture its entropy-coded data holds, in units of what is coded together (MCUs). */
export interface Coverage {
  readonly expected: number;
  /** Units that can be decoded before the data ends or contradicts its own tables. */
  readonly found: number;
}

/**
 * Counts the units of a Huffman-coded JPEG's scans without making pixels (ITU-T T.81, annexes B, F and G): of a
 * sequential picture those of every scan, of a progressive one those of the scans that begin its DC coefficients, without
 * which a block is grey. Null when the file has no such scan. Some 10 MB a second, so it is for the suspicious.
 */
export function coverage(bytes: Uint8Array): Coverage | null {
  const tables = new Map<number, Huffman>();
  let frame: Frame | null = null;
  let interval = 0;
  let [expected, found] = [0, 0];
  for (let at = 2; ; ) {
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (at < bytes.length && bytes[at] === 0xff) at++;
    if (at >= bytes.length) break;
    const marker = bytes[at++];
    if (marker === 0xd9) break;
    if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) continue; // stand alone, without length
    const length = u16be(bytes, at);
    const end = at + length;
    if (length < 2 || end > bytes.length) break;
    if (marker === 0xc4) readHuffmanTables(bytes, at + 2, end, tables);
    else if (marker === 0xdd) interval = u16be(bytes, at + 2);
    else if (marker >= 0xc0 && marker <= 0xc2) frame ??= readFrame(bytes, at + 2, end, marker === 0xc2);
    at = end;
    if (marker !== 0xda) continue;
    if (frame === null) return null;
    const scan = readScan(bytes, end - length + 2, end, frame, tables);
    if (scan === null) continue; // a refinement, or tables that are missing: it decides no block
    expected += scan.units;
    found += countUnits(bytes, at, scan, interval);
  }
  if (frame === null || expected === 0) return null;
  return { expected, found };
}

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
}

function readFrame(bytes: Uint8Array, at: number, end: number, progressive: boolean): Frame | null {
  const count = bytes[at + 5];
  if (at + 6 + 3 * count > end) return null;
  const components = Array.from({ length: count }, (_, i) => {
    const sampling = bytes[at + 7 + 3 * i];
    return { id: bytes[at + 6 + 3 * i], horizontal: sampling >> 4, vertical: sampling & 15 };
  });
  if (components.some(({ horizontal, vertical }) => horizontal === 0 || vertical === 0)) return null;
  return { width: u16be(bytes, at + 3), height: u16be(bytes, at + 1), progressive, components };
}

/** Codes of up to 16 bits by what the next 16 bits are: length in the low byte, value above; 0 is no code. */
export type Huffman = Uint16Array;

/** Reads a segment's Huffman tables (B.2.4.2) into those that there are. */
export function readHuffmanTables(
  bytes: Uint8Array,
  start: number,
  end: number,
  tables: Map<number, Huffman>,
): void {
  let at = start;
  while (at + 17 <= end) {
    const id = bytes[at];
    const lengths = bytes.subarray(at + 1, at + 17);
    at += 17;
    const table = new Uint16Array(65_536);
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      for (let i = 0; i < lengths[length - 1] && at < end; i++, at++) {
        const span = 65_536 >> length;
        table.fill((bytes[at] << 8) | length, code, code + span);
        code += span;
      }
    }
    tables.set(id, table);
  }
}

interface Scan {
  readonly units: number;
  /** Of each block of a unit: its tables; `ac` is null where the scan has DC coefficients alone. */
  readonly blocks: readonly { readonly dc: Huffman; readonly ac: Huffman | null }[];
}

function readScan(
  bytes: Uint8Array,
  at: number,
  end: number,
  frame: Frame,
  tables: ReadonlyMap<number, Huffman>,
): Scan | null {
  const count = bytes[at];
  if (count === 0 || at + 1 + 2 * count + 3 > end) return null;
  const spectrum = at + 1 + 2 * count;
  if (frame.progressive && (bytes[spectrum] !== 0 || bytes[spectrum + 2] >> 4 !== 0)) return null;
  const most = (side: 'horizontal' | 'vertical') => Math.max(...frame.components.map((each) => each[side]));
  const [widest, tallest] = [most('horizontal'), most('vertical')];
  const blocks: { dc: Huffman; ac: Huffman | null }[] = [];
  let units = Math.ceil(frame.width / (8 * widest)) * Math.ceil(frame.height / (8 * tallest));
  for (let i = 0; i < count; i++) {
    const component = frame.components.find(({ id }) => id === bytes[at + 1 + 2 * i]);
    const selectors = bytes[at + 2 + 2 * i];
    const dc = tables.get(selectors >> 4);
    const ac = frame.progressive ? null : tables.get(0x10 | (selectors & 15));
    if (component === undefined || dc === undefined || ac === undefined) return null;
    const { horizontal, vertical } = component;
    // A scan of one component has no fill blocks: its unit is a block of its own size (A.2.2).
    const copies = count === 1 ? 1 : horizontal * vertical;
    if (count === 1) {
      units =
        Math.ceil(Math.ceil((frame.width * horizontal) / widest) / 8) *
        Math.ceil(Math.ceil((frame.height * vertical) / tallest) / 8);
    }
    for (let copy = 0; copy < copies; copy++) blocks.push({ dc, ac });
  }
  return { units, blocks };
}

/** Follows the codes of a scan that begins at `at`, to its end or to the first that is none. One loop, since it is hot. */
function countUnits(bytes: Uint8Array, at: number, { units, blocks }: Scan, interval: number): number {
  let window = 0; // bits that were read; the low `held` of them are still to come
  let held = 0;
  let restart = 0;
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      while (at < bytes.length && bytes[at] !== 0xff) at++;
      while (bytes[at + 1] === 0xff) at++;
      if (bytes[at + 1] !== 0xd0 + (restart & 7)) return unit;
      restart++;
      at += 2;
      held = 0;
    }
    for (const { dc, ac } of blocks) {
      for (let k = 0; k < 64; ) {
        if (held < 16) {
          // As many bytes as fit; a marker or the end of the file gives no more.
          while (held <= 24 && at < bytes.length) {
            const byte = bytes[at];
            if (byte === 0xff && bytes[at + 1] !== 0) break;
            at += byte === 0xff ? 2 : 1;
            window = (window << 8) | byte;
            held += 8;
          }
        }
        const table = k === 0 || ac === null ? dc : ac;
        const entry = table[(held >= 16 ? window >>> (held - 16) : window << (16 - held)) & 0xffff];
        const value = entry >> 8;
        const extra = k === 0 ? value : value & 15;
        held -= (entry & 0xff) + extra;
        if (entry === 0) return unit;
        // What was announced may reach beyond the bits at hand.
        while (held < 0) {
          const byte = bytes[at];
          if (at >= bytes.length || (byte === 0xff && bytes[at + 1] !== 0)) return unit;
          at += byte === 0xff ? 2 : 1;
          window = byte;
          held += 8;
        }
        if (k === 0) {
          if (ac === null) break;
          k = 1;
        } else if (value === 0) break;
        else k += (value >> 4) + 1;
      }
    }
  }
  return units;
}
