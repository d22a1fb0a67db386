import { expect, it } from 'vitest';
import { encodeExample, type TfFeature, type TfValues } from './tf-example';

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (features: readonly (readonly [string, TfValues])[]) =>
  Buffer.from(encodeExample(features.map(([name, values]): TfFeature => [utf8(name), values]))).toString(
    'hex',
  );

it('gives the bytes of TensorFlow', () => {
  expect(
    hex([
      ['image/height', { kind: 'int64', values: [2] }],
      ['image/format', { kind: 'bytes', values: [utf8('jpeg')] }],
    ]),
  ).toBe(
    '0a310a150a0c696d6167652f68656967687412051a030a01020a180a0c696d6167652f666f726d617412080a060a046a706567',
  );
  // tf.train.Example(…).SerializeToString(deterministic=True) of TensorFlow 2.21.
  expect(
    hex([
      ['a', { kind: 'int64', values: [-1, 0, 300, 2 ** 53] }],
      ['b', { kind: 'float', bytes: new Uint8Array(Float32Array.of(0.5, -2).buffer) }],
      ['c', { kind: 'bytes', values: [utf8(''), utf8('é')] }],
      ['d', { kind: 'int64', values: [] }],
    ]),
  ).toBe(
    '0a4b0a1e0a016112191a170a15ffffffffffffffffff0100ac0280808080808080100a110a0162120c120a0a080000003f000000c00a0d0a016312080a060a000a02c3a90a070a016412021a00',
  );
});

it('writes lengths of two and three bytes', () => {
  const encoded = hex([['x', { kind: 'bytes', values: [new Uint8Array(20_000)] }]]);
  expect(encoded.startsWith('0ab39c010aaf9c010a017812a89c010aa49c010aa09c0100')).toBe(true);
});
