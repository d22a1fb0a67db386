/** The shape and numbers of an `.npy` file of version 1.0 with float32 or int64 values. */
export function npyValues(bytes: Buffer): {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
} {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const [, descr, shape] = /'descr': '([^']+)'.*'shape': \(([^)]*)\)/.exec(header) ?? [];
  const axes = (shape ?? '')
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map(Number);
  const content = new Uint8Array(bytes.subarray(start)).buffer; // aligned
  if (descr === '<f4') return { shape: axes, values: new Float32Array(content) };
  if (descr === '<i8') return { shape: axes, values: Array.from(new BigInt64Array(content), Number) };
  throw new Error(`an array of ${descr ?? 'no known type'}`);
}
