import type {
  AxisWeights,
  GpuCopy,
  GpuFrame,
  GpuWanted,
  Move,
  Placing,
  ShaderCall,
  TensorPlan,
} from '../core/gpu';
import type { Size } from '../core/image';
import { dtypeBytes } from '../core/row';
import { acrossWords } from './across';
import type { Buffers } from './buffers';
import { countedTables, countSide, countWords } from './count';
import { downReader, knownSteps, loadReader, type Reader } from './draw';
import type { Kernels } from './kernels';
import { groupSide, headWords } from './prelude';
import { bytesAsWords, createWords } from './words';

/** One call of a kernel. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  /** Null for a kernel that reads no picture. */
  readonly source: GPUBuffer | null;
  /** A picture, or one of the batch's own two buffers. */
  readonly made: GPUBuffer | 'results' | 'counts';
  /** Where its numbers begin. */
  readonly begin: number;
  readonly groups: readonly [number, number];
}

/** A batch as dispatches. */
export interface Encoded {
  readonly dispatches: readonly Dispatch[];
  readonly words: Uint32Array<ArrayBuffer>;
  readonly countsBytes: number;
  readonly resultsBytes: number;
  /** For each frame's copies, their size and where their tensor and raster begin among the results. */
  readonly places: readonly (readonly Placed[])[];
}

/** Where one copy's results lie, in bytes; null where they are not wanted. */
export interface Placed {
  readonly size: Size;
  readonly tensor: Span | null;
  readonly raster: Span | null;
}

/** Bytes from one place to another. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A picture in the making: what reads it, and the steps since, which one pass will do together. */
interface Pending {
  readonly reader: Reader;
  readonly source: GPUBuffer;
  readonly sourceSize: Size;
  readonly numbers: number;
  readonly data: number;
  /** Of the output so far. */
  readonly size: Size;
  /** From the output so far to what the reader gives. */
  readonly move: Move;
  readonly steps: readonly Doing[];
}

/** One step of a pass. */
interface Doing {
  readonly id: number;
  readonly numbers: number;
  readonly data: number;
  /** From the pass's output to the positions that the step knows. */
  readonly move: Move;
  /** Set for tables, of which neighbours become one. */
  readonly values: ArrayLike<number> | null;
}

const still: Move = [1, 0, 0, 0, 1, 0];

/** Lays out the passes of a batch's frames. Pixels must lie in `sources` already, a buffer a frame. */
export function encodeFrames(
  frames: readonly GpuFrame[],
  sources: readonly GPUBuffer[],
  wanted: GpuWanted,
  kernels: Kernels,
  buffers: Buffers,
): Encoded {
  const words = createWords();
  const dispatches: Dispatch[] = [];
  let counts = 0;
  let resultsBytes = 0;
  const rasterPlan: TensorPlan = {
    dtype: 'uint8',
    channelsFirst: false,
    order: [0, 1, 2].slice(0, wanted.channels),
    values: Uint32Array.from({ length: 256 * wanted.channels }, (_, i) => i % 256),
  };
  // Numbered before any kernel is made, so that a batch's kernels all hold the same functions.
  for (const { copies } of frames)
    for (const { passes } of copies)
      for (const pass of passes) if (pass.kind === 'colour') kernels.stepOf(pass.shader);

  const places = frames.map((frame, i) => frameResults(frame, sources[i]));
  return {
    dispatches,
    words: words.all(),
    countsBytes: Math.max(4, counts * 4),
    resultsBytes: Math.max(4, resultsBytes),
    places,
  };

  function frameResults(frame: GpuFrame, source: GPUBuffer): readonly Placed[] {
    const bases = new Map<Placing, Pending>();
    const held: GPUBuffer[] = [];
    const results = frame.copies.map((copy) => {
      const own: GPUBuffer[] = [];
      const known = bases.get(copy.placing);
      let base = known ?? resampled(frame, source, copy.placing, own);
      if (known === undefined && frame.copies.filter(({ placing }) => placing === copy.placing).length > 1) {
        base = asPicture(base, held);
        bases.set(copy.placing, base);
      }
      const placed = copyResults(copy, base, own);
      buffers.give(own);
      return placed;
    });
    buffers.give(held);
    return results;
  }

  /** The pass across, and the one down as the beginning of the next. */
  function resampled(frame: GpuFrame, source: GPUBuffer, placing: Placing, own: GPUBuffer[]): Pending {
    const { columns, rows, outer, left, top, pad } = placing;
    const inner = { width: columns.first.length, height: rows.first.length };
    const firstRow = rows.first.reduce((least, at) => Math.min(least, at));
    const endRow = rows.first.reduce((most, at, i) => Math.max(most, at + rows.count[i]), firstRow + 1);
    const rowCount = endRow - firstRow;
    const between = take(inner.width * rowCount * 4, own);
    const head = new Array<number>(acrossWords.count).fill(0);
    head[acrossWords.width] = inner.width;
    head[acrossWords.rows] = rowCount;
    head[acrossWords.sourceWidth] = frame.width;
    head[acrossWords.firstRow] = firstRow;
    head[acrossWords.columns] = words.share(columns, () => axisWords(columns));
    head[acrossWords.grey] = frame.grey ? 1 : 0;
    head[acrossWords.flatten] = frame.background === null ? 0 : 1;
    (frame.background ?? []).forEach((value, i) => {
      head[acrossWords.background + i] = value;
    });
    add(kernels.across(), source, between, head, { width: inner.width, height: rowCount });
    const numbers = [left, top, inner.width, inner.height, pad[0], pad[1], pad[2], firstRow];
    return {
      reader: downReader,
      source: between,
      sourceSize: { width: inner.width, height: rowCount },
      numbers: words.add(numbers),
      data: words.share(rows, () => axisWords(rows)),
      size: outer,
      move: still,
      steps: [],
    };
  }

  function copyResults({ passes }: GpuCopy, base: Pending, own: GPUBuffer[]): Placed {
    let pending = base;
    for (const pass of passes) {
      switch (pass.kind) {
        case 'table':
          pending = withTable(pending, pass.values);
          break;
        case 'colour':
          pending = withStep(pending, { id: kernels.stepOf(pass.shader), ...callWords(pass), values: null });
          break;
        case 'move':
          pending = {
            ...pending,
            size: pass.size,
            move: after(pending.move, pass.matrix),
            steps: pending.steps.map((step) => ({ ...step, move: after(step.move, pass.matrix) })),
          };
          break;
        case 'gather': {
          const picture = asPicture(pending, own);
          const call = callWords(pass);
          const source =
            pass.before === undefined ? picture.source : gatheredBefore(pass.before, picture, call, own);
          pending = { ...picture, reader: pass.shader, source, ...call };
          break;
        }
        case 'count': {
          const picture = asPicture(pending, own);
          const data = countedTable(pass, picture);
          pending = withStep(picture, { id: knownSteps.counted, numbers: 0, data, values: null });
          break;
        }
      }
    }
    const { tensor, raster } = wanted;
    if (tensor !== null && raster) pending = asPicture(pending, own);
    return {
      size: pending.size,
      tensor: tensor && store(pending, tensor),
      raster: raster ? store(pending, rasterPlan) : null,
    };
  }

  function withTable(pending: Pending, values: ArrayLike<number>): Pending {
    const last = pending.steps.at(-1);
    if (last?.values) {
      // Two tables are one; a move between them does not matter to either.
      const before = last.values;
      const both = Uint8Array.from({ length: 256 }, (_, x) => values[before[x]]);
      return withTable({ ...pending, steps: pending.steps.slice(0, -1) }, both);
    }
    return withStep(pending, {
      id: knownSteps.table,
      numbers: 0,
      data: words.add(bytesAsWords(values)),
      values,
    });
  }

  function withStep(pending: Pending, step: Omit<Doing, 'move'>): Pending {
    return { ...pending, steps: [...pending.steps, { ...step, move: still }] };
  }

  /** Makes the picture so far, unless it is one already. */
  function asPicture(pending: Pending, own: GPUBuffer[]): Pending {
    const { reader, steps, move, size } = pending;
    if (reader === loadReader && steps.length === 0 && move === still) return pending;
    const picture = take(size.width * size.height * 4, own);
    draw(pending, picture, null, 0);
    return {
      reader: loadReader,
      source: picture,
      sourceSize: size,
      numbers: 0,
      data: 0,
      size,
      move: still,
      steps: [],
    };
  }

  function gatheredBefore(
    shader: ShaderCall['shader'],
    picture: Pending,
    call: Pick<Pending, 'numbers' | 'data'>,
    own: GPUBuffer[],
  ): GPUBuffer {
    const between = take(picture.size.width * picture.size.height * 12, own);
    add(kernels.between(shader), picture.source, between, headOf({ ...picture, ...call }), picture.size);
    return between;
  }

  /** Counts a picture and makes the step's tables; says where they are among the counts. */
  function countedTable(call: ShaderCall, picture: Pending): number {
    const start = counts;
    counts += countWords;
    const head = headOf({ ...picture, ...callWords(call) });
    head[headWords.start] = start;
    const { width, height } = picture.size;
    const tiles = { width: Math.ceil(width / countSide), height: Math.ceil(height / countSide) };
    add(kernels.count(), picture.source, 'counts', head, tiles);
    dispatches.push({
      pipeline: kernels.table(call.shader),
      source: null,
      made: 'counts',
      begin: words.add(head),
      groups: [4, 1],
    });
    return start + countedTables;
  }

  /** Draws into the results and says where. */
  function store(pending: Pending, plan: TensorPlan): Span {
    const { width, height } = pending.size;
    const bytes = width * height * plan.order.length * dtypeBytes[plan.dtype];
    const start = resultsBytes;
    resultsBytes += Math.ceil(bytes / 4) * 4;
    draw(pending, 'results', plan, start / dtypeBytes[plan.dtype]);
    return { start, end: start + bytes };
  }

  function draw(pending: Pending, made: Dispatch['made'], plan: TensorPlan | null, start: number): void {
    const head = headOf(pending);
    const { steps } = pending;
    head[headWords.stepCount] = steps.length;
    head[headWords.steps] = words.add(
      steps.flatMap(({ id, numbers, data, move }) => [id, numbers, data, ...move]),
    );
    if (plan !== null) {
      head[headWords.writes] = 1;
      head[headWords.start] = start;
      head[headWords.channels] = plan.order.length;
      head[headWords.bytesPerValue] = dtypeBytes[plan.dtype];
      head[headWords.values] = words.share(plan, () => plan.values);
      head[headWords.channelsFirst] = plan.channelsFirst ? 1 : 0;
      head[headWords.order] = plan.order.reduce((bits, from, channel) => bits | (from << (2 * channel)), 0);
    }
    add(kernels.draw(pending.reader), pending.source, made, head, pending.size);
  }

  function headOf({ size, sourceSize, numbers, data, move }: Pending): number[] {
    const head = new Array<number>(headWords.count).fill(0);
    head[headWords.width] = size.width;
    head[headWords.height] = size.height;
    head[headWords.sourceWidth] = sourceSize.width;
    head[headWords.sourceHeight] = sourceSize.height;
    head[headWords.numbers] = numbers;
    head[headWords.data] = data;
    move.forEach((value, i) => {
      head[headWords.move + i] = value;
    });
    return head;
  }

  function callWords({ numbers, data }: ShaderCall): Pick<Pending, 'numbers' | 'data'> {
    return { numbers: words.add(numbers), data: data === undefined ? 0 : words.share(data, () => data) };
  }

  function add(
    pipeline: GPUComputePipeline,
    source: GPUBuffer,
    made: Dispatch['made'],
    head: readonly number[],
    { width, height }: Size,
  ): void {
    const groups = [Math.ceil(width / groupSide), Math.ceil(height / groupSide)] as const;
    dispatches.push({ pipeline, source, made, begin: words.add(head), groups });
  }

  function take(bytes: number, own: GPUBuffer[]): GPUBuffer {
    const buffer = buffers.take(bytes);
    own.push(buffer);
    return buffer;
  }
}

/** First comes the stride, then of each output position the first input, their count and their weights. */
function axisWords({ first, count, values, stride }: AxisWeights): Int32Array {
  const entry = 2 + stride;
  const words = new Int32Array(1 + first.length * entry);
  words[0] = stride;
  for (let i = 0, at = 1; i < first.length; i++, at += entry) {
    words[at] = first[i];
    words[at + 1] = count[i];
    words.set(values.subarray(i * stride, (i + 1) * stride), at + 2);
  }
  return words;
}

/** The map that first does `inner` and then `outer`. */
function after(outer: Move, inner: Move): Move {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
}
