import { expect, it } from 'vitest';
import { coverBox } from './source-box';

it("keeps the largest centred box of the output's shape", () => {
  expect(coverBox({ width: 500, height: 300 }, { width: 224, height: 224 })).toEqual({
    left: 100,
    top: 0,
    right: 400,
    bottom: 300,
  });
  expect(coverBox({ width: 100, height: 400 }, { width: 20, height: 40 })).toEqual({
    left: 0,
    top: 100,
    right: 100,
    bottom: 300,
  });
});
