import { describe, expect, it } from 'vitest';
import { fileRef } from '../../core/image';
import type { PlannedImage } from '../../core/plan';
import { arrange, noLabel, parseFilter, type Wanted } from './arrange';

const classNames = ['cat', 'dog'];
const day = 86_400_000;

function image(key: string, label: string | null, size = 10, modified = 0): PlannedImage {
  const file = new File([new Uint8Array(size)], key, { lastModified: modified });
  const labelId = label === null ? -1 : classNames.indexOf(label);
  return { ref: fileRef(key, file), label, labelId, split: 'train', copies: 0, extra: {} };
}

const images = [
  image('a.jpg', 'dog', 3000, 5 * day),
  image('b.jpg', 'cat', 100, 9 * day),
  image('c.jpg', null, 2000, 5 * day + 1),
  image('d.jpg', 'dog', 3000, 1 * day),
];

function shown(wanted: Partial<Wanted>) {
  const { order, groups } = arrange(
    images,
    classNames,
    { filter: '', labels: new Set(), order: 'label', ...wanted },
    (ms) => `day ${ms}`,
  );
  return groups.map(({ heading, start, end }) => [
    heading,
    Array.from(order.slice(start, end), (i) => images[i]?.ref.key).join(' '),
  ]);
}

describe('arrange', () => {
  it('groups by class in class order, the unlabelled last', () => {
    expect(shown({})).toEqual([
      ['cat', 'b.jpg'],
      ['dog', 'a.jpg d.jpg'],
      [noLabel, 'c.jpg'],
    ]);
  });

  it('shows only the chosen labels', () => {
    expect(shown({ labels: new Set(['cat']) })).toEqual([['cat', 'b.jpg']]);
    expect(shown({ labels: new Set(['']) })).toEqual([[noLabel, 'c.jpg']]);
  });

  it('sorts by size, the largest first and equals in plan order', () => {
    expect(shown({ order: 'size' })).toEqual([['Largest first', 'a.jpg d.jpg c.jpg b.jpg']]);
    expect(shown({ order: 'size', labels: new Set(['cat', '']) })).toEqual([
      ['Largest first', 'c.jpg b.jpg'],
    ]);
  });

  it('groups by day, the newest first', () => {
    expect(shown({ order: 'date' }).map(([, keys]) => keys)).toEqual(['b.jpg', 'c.jpg a.jpg', 'd.jpg']);
  });

  it('gives no group when nothing matches', () => {
    expect(shown({ filter: 'zebra' })).toEqual([]);
    expect(shown({ filter: 'zebra', order: 'size' })).toEqual([]);
    expect(shown({ filter: 'zebra', order: 'date' })).toEqual([]);
  });
});

describe('parseFilter', () => {
  const matching = (text: string) => images.filter(parseFilter(text)).map(({ ref }) => ref.key);

  it('looks for every word in name and label', () => {
    expect(matching('DOG')).toEqual(['a.jpg', 'd.jpg']);
    expect(matching('dog d.')).toEqual(['d.jpg']);
    expect(matching('  ')).toHaveLength(4);
  });

  it('reads sizes', () => {
    expect(matching('>1kb')).toEqual(['a.jpg', 'c.jpg', 'd.jpg']);
    expect(matching('>1k <2.5KB')).toEqual(['c.jpg']);
    expect(matching('<100')).toEqual(['b.jpg']);
    expect(matching('>1MB')).toEqual([]);
  });

  it('takes what is no size as a word', () => {
    expect(matching('>big')).toEqual([]);
  });
});
