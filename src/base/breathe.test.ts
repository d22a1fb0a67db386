import { describe, expect, it } from 'vitest';
import { forEachBreathing, mapBreathing, sortBreathing, startBreath } from './breathe';
import { byCodePoint } from './order';
import { random } from './random';

describe('sortBreathing', () => {
  it.each([0, 1, 2, 1023, 1024, 1025, 5000, 20_000])(
    'sorts %i items as toSorted does, stably',
    async (count) => {
      const numbers = random('sort', count);
      const items = Array.from({ length: count }, (_, index) => ({
        rank: Math.floor(numbers.between(0, 50)),
        index,
      }));
      const compare = (a: { rank: number }, b: { rank: number }) => a.rank - b.rank;
      expect(await sortBreathing(items, compare)).toEqual(items.toSorted(compare));
    },
  );

  it('lets other tasks run while it sorts 100,000 keys', async () => {
    const numbers = random('keys');
    const keys = Array.from(
      { length: 100_000 },
      () => `class-${Math.floor(numbers.between(0, 99))}/${numbers.next()}.jpg`,
    );
    let turns = 0;
    let sorting = true;
    const turn = () => {
      turns++;
      if (sorting) setImmediate(turn);
    };
    setImmediate(turn);
    const sorted = await sortBreathing(keys, byCodePoint);
    sorting = false;
    expect(sorted).toEqual(keys.toSorted(byCodePoint));
    expect(turns).toBeGreaterThan(3);
  });

  it('stops when its signal aborts', async () => {
    const items = Array.from({ length: 100_000 }, (_, i) => `${i}`);
    const sorting = sortBreathing(items, byCodePoint, AbortSignal.abort(new Error('enough')));
    await expect(sorting).rejects.toThrow('enough');
  });
});

describe('breaths', () => {
  it('are due after a slice of work, which several loops share, and then not at once again', async () => {
    const breath = startBreath();
    await breath.take();
    expect(breath.due()).toBe(false);
    const start = performance.now();
    while (performance.now() - start < 15);
    expect(breath.due()).toBe(true);
    const other = startBreath();
    expect(other.due()).toBe(true);
    await other.take();
    expect(breath.due()).toBe(false);
  });

  it('keep order and hand over the index', async () => {
    expect(await mapBreathing(['a', 'b'], (item, i) => `${i}${item}`)).toEqual(['0a', '1b']);
    const seen: string[] = [];
    await forEachBreathing(new Set(['x', 'y']), (item) => seen.push(item));
    expect(seen).toEqual(['x', 'y']);
  });
});
