import { ascii, be16, be32, type Drawing, join, le16, le32 } from './test-files';

/** Files of the small formats that have decoders of our own, drawn in code for tests. Pixels are RGBA. */

/** The drawing's pixels one by one, their channels in this order: 0 to 3 for RGBA. */
export function samplesOf({ rgba }: Drawing, channels: readonly number[]): number[] {
  return Array.from({ length: (rgba.length / 4) * channels.length }, (_, i) => {
    const pixel = Math.floor(i / channels.length);
    return rgba[4 * pixel + channels[i % channels.length]];
  });
}

/** A QOI that uses every operation that its pixels call for (the reference encoder of qoiformat.org). */
export function drawQoi(drawing: Drawing, channels: 3 | 4 = 4): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = drawing;
  const out: number[] = [];
  const seen = new Map<number, string>();
  let last = [0, 0, 0, 255];
  let run = 0;
  const endRun = () => {
    if (run > 0) out.push(0xc0 | (run - 1));
    run = 0;
  };
  for (let at = 0; at < rgba.length; at += 4) {
    const pixel = rgba.slice(at, at + 4);
    if (pixel.every((value, i) => value === last[i])) {
      if (++run === 62) endRun();
      continue;
    }
    endRun();
    const [r, g, b, a] = pixel;
    const place = (r * 3 + g * 5 + b * 7 + a * 11) & 63;
    const [dr, dg, db] = [r - last[0], g - last[1], b - last[2]].map((step) => (step << 24) >> 24);
    const small = (step: number, low: number, high: number) => step >= low && step <= high;
    if (seen.get(place) === String(pixel)) out.push(place);
    else if (a !== last[3]) out.push(0xff, ...pixel);
    else if ([dr, dg, db].every((step) => small(step, -2, 1)))
      out.push(0x40 | ((dr + 2) << 4) | ((dg + 2) << 2) | (db + 2));
    else if (small(dg, -32, 31) && small(dr - dg, -8, 7) && small(db - dg, -8, 7))
      out.push(0x80 | (dg + 32), ((dr - dg + 8) << 4) | (db - dg + 8));
    else out.push(0xfe, r, g, b);
    seen.set(place, String(pixel));
    last = pixel;
  }
  endRun();
  return join(ascii('qoif'), be32(width), be32(height), [channels, 0], out, [0, 0, 0, 0, 0, 0, 0, 1]);
}

/** A TGA. `runs` codes every pixel of 10 as a packet of either kind; `map` puts each colour in a colour map. */
export function drawTga(
  { width, height, rgba }: Drawing,
  options: {
    readonly bits?: 16 | 24 | 32;
    readonly runs?: boolean;
    readonly map?: boolean;
    readonly descriptor?: number;
  } = {},
): Uint8Array<ArrayBuffer> {
  const { bits = 24, runs = false, map = false, descriptor = 0x20 } = options;
  const colour = (at: number) => {
    const [r, g, b, a] = rgba.slice(at, at + 4);
    if (bits === 16) return le16(((a >> 7) << 15) | ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3));
    return bits === 24 ? [b, g, r] : [b, g, r, a];
  };
  const pixels = Array.from({ length: width * height }, (_, i) => (map ? [i] : colour(4 * i)));
  const body: number[] = [];
  if (!runs) body.push(...pixels.flat());
  else {
    for (let i = 0; i < pixels.length; i += 2) {
      // Two of a kind are a run, others a literal.
      const pair = pixels.slice(i, i + 2);
      const same = pair.length === 2 && String(pair[0]) === String(pair[1]);
      body.push(same ? 0x81 : pair.length - 1, ...(same ? pair[0] : pair.flat()));
    }
  }
  const type = (map ? 1 : 2) + (runs ? 8 : 0);
  const mapHead = map ? [0, 0, ...le16(width * height), bits] : [0, 0, 0, 0, 0];
  const colours = map ? Array.from({ length: width * height }, (_, i) => colour(4 * i)).flat() : [];
  return join(
    [
      0,
      map ? 1 : 0,
      type,
      ...mapHead,
      0,
      0,
      0,
      0,
      ...le16(width),
      ...le16(height),
      map ? 8 : bits,
      descriptor,
    ],
    colours,
    body,
  );
}

/** A Radiance picture of these pixels of mantissas and exponent, its lines coded in runs when `runs` is true. */
export function drawHdr(
  width: number,
  height: number,
  rgbe: readonly number[],
  runs: boolean,
  resolution = `-Y ${height} +X ${width}`,
): Uint8Array<ArrayBuffer> {
  const head = ascii(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2\n\n${resolution}\n`);
  if (!runs) return join(head, rgbe);
  const body: number[] = [];
  for (let y = 0; y < height; y++) {
    body.push(2, 2, width >> 8, width & 255);
    for (let channel = 0; channel < 4; channel++) {
      const line = Array.from({ length: width }, (_, x) => rgbe[4 * (y * width + x) + channel]);
      // Half of the line as it is, the rest, where it is of one value, as a run.
      const half = width >> 1;
      const rest = line.slice(half);
      const same = rest.every((value) => value === rest[0]);
      body.push(
        half,
        ...line.slice(0, half),
        ...(same ? [128 + rest.length, rest[0]] : [rest.length, ...rest]),
      );
    }
  }
  return join(head, body);
}

/** A Photoshop document without layers, or, with a layer count, beside an empty section of that count. */
export function drawPsd(
  width: number,
  height: number,
  planes: readonly (readonly number[])[],
  options: {
    readonly mode?: number;
    readonly bits?: 1 | 8 | 16 | 32;
    readonly packed?: boolean;
    readonly palette?: readonly number[];
    readonly resources?: Uint8Array;
    readonly layerCount?: number;
    readonly big?: boolean;
  } = {},
): Uint8Array<ArrayBuffer> {
  const {
    mode = 3,
    bits = 8,
    packed = false,
    palette = [],
    resources = new Uint8Array(),
    big = false,
  } = options;
  const rowBytes = Math.ceil((width * bits) / 8);
  const rows = planes.flatMap((plane) =>
    Array.from({ length: height }, (_, y) => plane.slice(y * rowBytes, (y + 1) * rowBytes)),
  );
  // Literals of at most 128 bytes; a row of one value is a run, and a code that does nothing goes before it.
  const packedRows = rows.map((row) =>
    row.every((value) => value === row[0]) ? [128, 257 - row.length, row[0]] : [row.length - 1, ...row],
  );
  const count = big ? be32 : be16;
  const wide = big ? [0, 0, 0, 0] : [];
  const layers =
    options.layerCount === undefined
      ? []
      : [...wide, ...be32(8), ...be16(options.layerCount & 0xffff), 0, 0, 0, 0, 0, 0];
  return join(
    ascii('8BPS'),
    be16(big ? 2 : 1),
    [0, 0, 0, 0, 0, 0],
    be16(planes.length),
    be32(height),
    be32(width),
    be16(bits),
    be16(mode),
    be32(palette.length),
    palette,
    be32(resources.length),
    resources,
    [...wide, ...be32(layers.length)],
    layers,
    be16(packed ? 1 : 0),
    packed ? packedRows.flatMap((row) => [...count(row.length)]) : [],
    (packed ? packedRows : rows).flat(),
  );
}

/** An image resource block of a Photoshop document. */
export function psdResource(id: number, data: readonly number[]): Uint8Array {
  return join(ascii('8BIM'), be16(id), [0, 0], be32(data.length), data, data.length & 1 ? [0] : []);
}

/** A DirectDraw surface of a four-character kind, or of masks. */
export function drawDds(
  width: number,
  height: number,
  kind: string | { readonly bits: number; readonly masks: readonly number[]; readonly flags: number },
  data: readonly number[],
): Uint8Array<ArrayBuffer> {
  const named = typeof kind === 'string';
  return join(
    ascii('DDS '),
    le32(124),
    le32(0x1007),
    le32(height),
    le32(width),
    new Uint8Array(56),
    le32(32),
    le32(named ? 4 : kind.flags),
    named ? ascii(kind) : le32(0),
    le32(named ? 0 : kind.bits),
    named ? new Uint8Array(16) : kind.masks.flatMap((mask) => [...le32(mask)]),
    new Uint8Array(20),
    data,
  );
}

/** An Apple icon of these entries. */
export function drawIcns(
  ...entries: readonly { readonly type: string; readonly data: ArrayLike<number> }[]
): Uint8Array<ArrayBuffer> {
  const body = join(...entries.map(({ type, data }) => join(ascii(type), be32(data.length + 8), data)));
  return join(ascii('icns'), be32(body.length + 8), body);
}

/** A 12 × 9 JPEG 2000 as Pillow (OpenJPEG) writes it, lossless: red is 20 x, green 28 y, blue 90. */
export const jp2Rgb =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACQAAAAwAAwcHAAAAAAAPY29scgEAAAAAABAAAADAanAyY/9P/1EALwAAAAAADAAAAAkAAAAAAAAAAAAAAAwAAAAJAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAIEBAAB/1wACkBASEhQSEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAAQgAB/5PfgEgJW2FB/Vyy5zXfgCgHlwX+d8fUEAjsJQ7EHmw/w+oEABWSzdeAgMHzhQAsX3pOf4CA/9k=';
/** The first one in tiles of 8 × 8. */
export const jp2Tiles =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACQAAAAwAAwcHAAAAAAAPY29scgEAAAAAABAAAAFoanAyY/9P/1EALwAAAAAADAAAAAkAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAMEBAAB/1wADUBASEhQSEhQSEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAARwAB/5PPtAgFZ8+0BAfH1AQGv8faBAADL6fgAgSAw+oDAA0AU6H1AYALOJ+AwfOEACIZymig+cIAA35hi4D/kAAKAAEAAABAAAH/k8fUBAF/z7QEB8fUBAa/gM/ABASAw+oDAAJLf6H1AQALF4DB84QAF9e376D5wYADcImA/5AACgACAAAAMgAB/5PPtAgFZ8+0CAJ/x9QEBr/H2gQDL4CAw+oCC2mAgMHzgg+rgID/kAAKAAMAAAAuAAH/k8fUBAF/z7QIAn/H1AQGv4CAgMPqAgMfgIDB84ILY4CA/9k=';

/** The same reds in 16 bits, times 257, grey. */
export const jp2Grey16 =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACQAAAAwAAQ8HAAAAAAAPY29scgEAAAAAABEAAADKanAyY/9P/1EAKQAAAAAADAAAAAkAAAAAAAAAAAAAAAwAAAAJAAAAAAAAAAAAAQ8BAf9SAAwAAAABAAEEBAAB/1wAB0CAiIiQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAAVQAB/5Pf+JGgEWeYbLBqRUKFmJb8d0JhbhVBMjhC/2uwWOuBEggm0cQN0wMNDmtHnCloPQWpbfUP8BFzl8H/QAKALF96TowBhsM/v//Z';
/** The first one's codestream alone. */
export const j2kRgb =
  '/0//UQAvAAAAAAAMAAAACQAAAAAAAAAAAAAADAAAAAkAAAAAAAAAAAADBwEBBwEBBwEB/1IADAAAAAEAAQQEAAH/XAAHQEBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAABVAAH/k9+AsBFnmGywakVBADIuoK41Cb96XgJ3OX/fgIASilzg9D/HpAna+WZ64FJ/x9QaEVBUJG9AAYSEWYQMI8HzhQAsX3pOf4CA/9k=';
/** The first one in luma and colour differences, and said to be. */
export const jp2Ycc =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACQAAAAwAAwcHAAAAAAAPY29scgEAAAAAABIAAAEhanAyY/9P/1EALwAAAAAADAAAAAkAAAAAAAAAAAAAAAwAAAAJAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAEEBAAB/1wAB0BASEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAApgAB/5PPtHQQ2686CYYh1CN83xH1OMhgfEvCMJZrD0Yv44n+98+0cE1Qs7/zAHDMxUxrGTGkBC3Y8COV0zReZrR6RX/PtHABFYU3iagmMiGYGzErXsPdnBjNJE2bd9kwl0W3wHwiwBGALGAEtCMEydPAfCZAEsAJgCu1vokGzADktX9wxw7M3QGxFuQGizWfwPkCQBGALF96TRQvx//Z';
/** Of four components. */
export const jp2Rgba =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAABPanAyaAAAABZpaGRyAAAACQAAAAwABAcHAAAAAAAPY29scgEAAAAAABAAAAAiY2RlZgAEAAAAAAABAAEAAAACAAIAAAADAAMAAQAAAAABTmpwMmP/T/9RADIAAAAAAAwAAAAJAAAAAAAAAAAAAAAMAAAACQAAAAAAAAAAAAQHAQEHAQEHAQEHAQH/UgAMAAAAAQAABAQAAf9cAARAQP9kACUAAUNyZWF0ZWQgYnkgT3BlbkpQRUcgdmVyc2lvbiAyLjUuNP+QAAoAAAAAANMAAf+T34HIEWr6XIDVek05jjty/q/q6QsuBf7npqLrX2GFK48MTyw6hq1RhxFNlpYa0asoQNhsNacyXEObmZQ/34GAEo6cnkA81bKy9IM6oux90q5qkUJ8id5zbvWpSc6zwADpj3GSoAAAFI2D53uvXBm/x9QuEVBUra9zUAAAAAMJCX4r0gAABhIS/3/fgcgRavpcgNV6TTmOO3L+r+rpCy4F/uemoutfYYUrjwxPLDqGrVGHEU2WlhrRqyhA2Gw1pzJcQ5uZlD//2Q==';
