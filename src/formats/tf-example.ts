/** One feature's values, as `tf.train.Feature` holds them. */
export type TfValues =
  | { readonly kind: 'bytes'; readonly values: readonly Uint8Array[] }
  /** Little-endian float32 values, as they lie in the file. */
  | { readonly kind: 'float'; readonly bytes: Uint8Array }
  /** Whole numbers within ±2^53. */
  | { readonly kind: 'int64'; readonly values: readonly number[] };

/** A feature with its name in UTF-8. */
export type TfFeature = readonly [name: Uint8Array, values: TfValues];

/**
 * Encodes a `tf.train.Example` (tensorflow `core/example/feature.proto`): numbers packed, in the order given, which
 * is the deterministic one of protobuf when names are sorted.
 */
export function encodeExample(features: readonly TfFeature[]): Uint8Array {
  const sized = features.map(([name, values]) => {
    const inner = listBytes(values);
    const feature = fieldBytes(inner);
    return { name, values, inner, feature, entry: fieldBytes(name.length) + fieldBytes(feature) };
  });
  const map = sized.reduce((sum, { entry }) => sum + fieldBytes(entry), 0);
  const out = new Output(fieldBytes(map));
  out.tag(1, map); // Example.features
  for (const { name, values, inner, feature, entry } of sized) {
    out.tag(1, entry); // Features.feature, a map entry
    out.tag(1, name.length);
    out.put(name);
    out.tag(2, feature);
    writeList(out, values, inner);
  }
  return out.bytes;
}

/** Number of the list within `Feature`, and of a length-delimited field. */
const listTag = { bytes: 1, float: 2, int64: 3 } as const;

/** Bytes of the list's message, without its tag. */
function listBytes(list: TfValues): number {
  if (list.kind === 'bytes') return list.values.reduce((sum, value) => sum + fieldBytes(value.length), 0);
  const packed = list.kind === 'float' ? list.bytes.length : packedBytes(list.values);
  return packed === 0 ? 0 : fieldBytes(packed);
}

function writeList(out: Output, list: TfValues, inner: number): void {
  out.tag(listTag[list.kind], inner);
  if (list.kind === 'bytes') {
    for (const value of list.values) {
      out.tag(1, value.length);
      out.put(value);
    }
  } else if (inner > 0) {
    out.tag(1, list.kind === 'float' ? list.bytes.length : packedBytes(list.values));
    if (list.kind === 'float') out.put(list.bytes);
    else for (const value of list.values) out.int64(value);
  }
}

const packedBytes = (values: readonly number[]) => values.reduce((sum, value) => sum + int64Bytes(value), 0);

/** A length-delimited field: a tag of one byte, since no number here is over 15, its length and its content. */
const fieldBytes = (length: number) => 1 + varintBytes(length) + length;

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Negative numbers take all ten bytes: they are sent as 64-bit two's complement. */
const int64Bytes = (value: number) => (value < 0 ? 10 : varintBytes(value));

class Output {
  readonly bytes: Uint8Array;
  private at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  tag(field: number, length: number): void {
    this.bytes[this.at++] = (field << 3) | 2;
    this.varint(length);
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) this.bytes[this.at++] = Number(rest & 127n) | 128;
    this.bytes[this.at++] = Number(rest);
  }

  private varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest % 128) | 128;
    this.bytes[this.at++] = rest;
  }
}
