import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { coverage } from './jpeg-scan';

test('cov', () => {
  for (const f of ['big/Snow-Capped_Mountain.jpg', 'big/Sunset_by_the_Pier.jpg']) {
    const b = new Uint8Array(readFileSync('../shared/data/' + f));
    for (let i = 0; i < 4; i++) {
      const t = performance.now();
      const c = coverage(b);
      console.log(f, c, b.length / 1e3 / (performance.now() - t), 'MB/s');
    }
  }
}, 60000);
