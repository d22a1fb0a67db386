import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { random } from '../base/random';
import { createPlainRows, createRowBuffer } from './unfilter';

describe('unfilter', () => {
  it('has its WebAssembly made from unfilter.wat (after a change: vitest run src/decoders/unfilter.test.ts -u)', async () => {
    const text = await readFile(new URL('unfilter.wat', import.meta.url), 'utf8');
    const compiled = (await wabt()).parseWat('unfilter.wat', text, { simd: true });
    compiled.validate();
    const base64 = Buffer.from(compiled.toBinary({}).buffer).toString('base64');
    const module = `/** \`unfilter.wat\` as WebAssembly in base64; made by \`unfilter.test.ts\`. */\nexport const unfilterWasm =\n  '${base64}';\n`;
    await expect(module).toMatchFileSnapshot('unfilter-wasm.ts');
  });

  it('gives the samples of the plain way, for every filter, pixel and width', () => {
    for (const step of [2, 4, 6, 8]) {
      for (let width = 1; width <= 40; width++) {
        const draw = random('unfilter', `${step}/${width}`);
        const plain = createPlainRows(width * step, step);
        const fast = createRowBuffer(width * step, step);
        for (let y = 0; y < 12; y++) {
          if (y === 6) {
            plain.restart();
            fast.restart();
          }
          // Few values make ties among the predictions.
          const bytes = Uint8Array.from({ length: width * step }, () =>
            Math.floor(draw.next() * (y % 2 ? 256 : 3)),
          );
          plain.row().set(bytes);
          fast.row().set(bytes);
          // A pass of an interlaced picture may use a part of the row.
          const columns = y < 6 ? width : Math.ceil(width / 2);
          const filter = Math.floor(draw.next() * 5);
          const wanted = [...plain.finish(filter, (columns * step) / 2)];
          expect([...fast.finish(filter, (columns * step) / 2)], `filter ${filter}`).toEqual(wanted);
        }
      }
    }
  });

  it('adds up the samples of rows as the plain way does', () => {
    for (let width = 1; width <= 20; width++) {
      const draw = random('sums', width);
      const buffers = [createPlainRows(width * 6, 6), createRowBuffer(width * 6, 6)];
      for (let y = 0; y < 20; y++) {
        const bytes = Uint8Array.from({ length: width * 6 }, () => Math.floor(draw.next() * 256));
        const [plain, fast] = buffers.map((buffer) => {
          if (y === 9) buffer.clearSums();
          buffer.row().set(bytes);
          return [...buffer.addUp(y % 5, width * 3)];
        });
        expect(fast).toEqual(plain);
      }
    }
  });

  it('goes the plain way for rows too wide for its memory', () => {
    const rows = createRowBuffer(5 * 2 ** 20, 2);
    rows.row().set([1, 2, 3, 4]);
    expect([...rows.finish(1, 2)]).toEqual([0x0102, 0x0406]);
  });
});
