import { expect, it } from 'vitest';
import { makeTensor } from './memory-files';
import { tensorText } from './tensor-text';

it('prints every finite half so that it reads back', () => {
  const bits = [...Array(65_536).keys()].filter((bits) => (bits & 0x7c00) !== 0x7c00);
  const text = [...tensorText(makeTensor('float16', [1, 1, bits.length], bits))].join('');
  const read: number[] = JSON.parse(text)[0][0];
  // Between two neighbouring halves, each printed number is nearest to its own.
  const exact = bits.map((b) =>
    b & 0x7c00
      ? (b & 0x8000 ? -1 : 1) * 2 ** (((b >> 10) & 31) - 15) * (1 + (b & 1023) / 1024)
      : (b & 0x8000 ? -1 : 1) * (b & 1023) * 2 ** -24,
  );
  const wrong = exact.filter((value, i) => {
    const unit = 2 ** (Math.max(1, (bits[i] >> 10) & 31) - 25);
    return Math.abs(read[i] - value) >= unit / 4 || Object.is(read[i], -0) !== Object.is(value, -0);
  });
  expect(wrong).toEqual([]);
});

it('prints singles so that they read back, in as few digits as are needed', () => {
  const view = new DataView(new ArrayBuffer(4));
  const values = Array.from({ length: 50_000 }, (_, i) => {
    view.setUint32(0, Math.imul(i, 2654435761));
    return view.getFloat32(0);
  }).filter(Number.isFinite);
  const text = [...tensorText(makeTensor('float32', [1, 1, values.length], values))].join('');
  expect((JSON.parse(text)[0][0] as number[]).map(Math.fround)).toEqual(values);
  const short = makeTensor('float32', [1, 1, 3], [0.1, 16777216, 0.2]);
  expect([...tensorText(short)].join('')).toBe('[[[0.1,16777216,0.2]]]');
});
