import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sniff, sniffBytes } from '../core/sniff';
import { decoders } from './index';
import { drawnSeeds } from './test-seeds';
import { spoil } from './test-spoil';

/** Real files beside the checkout, small enough to be damaged many times; none where there is no such folder. */
const realFolder = fileURLToPath(new URL('../../../shared/data/formats', import.meta.url));
const mostBytes = 20_000;
const realEach = 8;
const realFiles = (
  existsSync(realFolder) ? readdirSync(realFolder, { recursive: true, encoding: 'utf8' }) : []
)
  .map((name) => join(realFolder, name))
  .filter((path) => statSync(path).isFile() && statSync(path).size <= mostBytes)
  .sort()
  .map((path) => new Uint8Array(readFileSync(path)));

const mutantsOfDrawn = 3000;
const mutantsOfReal = 200;

test('every drawn file is what it is drawn as', () => {
  for (const [id, bytes] of Object.entries(drawnSeeds)) expect(sniff(bytes)).toBe(id);
});

describe('spoilt files', () => {
  test.each(decoders.map((decoder) => [decoder.id, decoder] as const))(
    '%s never throws and never lingers',
    (id, decoder) => {
      const drawn = drawnSeeds[id];
      const real = realFiles
        .filter((bytes) => sniff(bytes.subarray(0, sniffBytes)) === id)
        .slice(0, realEach);
      const seeds = [...(drawn === undefined ? [] : [drawn]), ...real];
      expect(seeds.length, `no ${id} file to damage: draw one in test-seeds.ts`).toBeGreaterThan(0);
      if (drawn !== undefined) expect(decoder.readHeader(drawn)).toMatchObject({ ok: true });
      let [refused, slowestMs] = [0, 0];
      for (const [i, seed] of seeds.entries()) {
        const other = seeds[(i + 1) % seeds.length];
        const mutants = seed === drawn ? mutantsOfDrawn : mutantsOfReal;
        for (let key = 0; key < mutants; key++) {
          const bytes = spoil(seed, other, key);
          sniff(bytes.subarray(0, sniffBytes));
          const start = performance.now();
          const header = decoder.readHeader(bytes);
          const damage = decoder.findDamage(bytes);
          slowestMs = Math.max(slowestMs, performance.now() - start);
          if (header.ok) {
            const { size, orientation, frames } = header.value;
            const sane =
              size.width > 0 && size.height > 0 && orientation >= 1 && orientation <= 8 && frames >= 1;
            expect(sane, `seed ${i}, key ${key}: ${JSON.stringify({ size, orientation, frames })}`).toBe(
              true,
            );
          }
          if (!header.ok || damage !== null) refused++;
        }
      }
      expect(refused).toBeGreaterThan(100);
      expect(slowestMs).toBeLessThan(500); // a loop by a count from a header would take far longer; a busy machine not
    },
  );
});
