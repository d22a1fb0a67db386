import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { resampleAcross, resampleDown } from './passes';
import { resampleSimd } from './simd';
import { testNumbers } from './test-kit';
import { weightsOf } from './weights';

describe('resampleSimd', () => {
  it('has its WebAssembly made from simd.wat (after a change: vitest run -u src/transforms/simd.test.ts)', async () => {
    const text = await readFile(new URL('simd.wat', import.meta.url), 'utf8');
    const compiled = (await wabt()).parseWat('simd.wat', text, { simd: true });
    compiled.validate();
    const base64 = Buffer.from(compiled.toBinary({}).buffer).toString('base64');
    const module = `/** \`simd.wat\` as WebAssembly in base64; made by \`simd.test.ts\`. */\nexport const simdWasm =\n  '${base64}';\n`;
    await expect(module).toMatchFileSnapshot('simd-wasm.ts');
  });

  it('gives the bytes of the plain passes', () => {
    const next = testNumbers(11);
    const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
    for (let round = 0; round < 80; round++) {
      const width = whole(1, 100);
      const height = whole(1, 100);
      const channels = round % 3 === 0 ? 1 : 4;
      const data = Uint8Array.from({ length: width * height * channels }, () =>
        next() < 0.5 ? whole(0, 255) : whole(0, 1) * 255,
      );
      const source = { width, height, channels, data } as const;
      const outWidth = whole(1, 60);
      const filter = (['bilinear', 'bicubic', 'lanczos', 'area'] as const)[round % 4];
      const low = Math.fround(next() * 0.5);
      const columns = weightsOf(width, low, Math.fround(width - low), outWidth, filter);
      const rows = weightsOf(height, low, Math.fround(height - low), whole(1, 60), filter);
      const firstRow = rows.first[0];
      const between = resampleAcross(source, firstRow, height, columns);
      const wanted = resampleDown(between, outWidth * (channels === 1 ? 1 : 3), firstRow, rows);
      expect(resampleSimd(source, columns, rows), `round ${round}`).toEqual(wanted);
    }
  });

  it('leaves three channels and pictures too large for its memory to the plain passes', () => {
    const weights = weightsOf(2, 0, 2, 1, 'area');
    const three = { width: 2, height: 2, channels: 3, data: new Uint8Array(12) } as const;
    expect(resampleSimd(three, weights, weights)).toBeNull();
    const large = weightsOf(2, 0, 2, 5000, 'area');
    const four = { width: 2, height: 2, channels: 4, data: new Uint8Array(16) } as const;
    expect(resampleSimd(four, large, large)).toBeNull();
  });
});
