import { expect, it } from 'vitest';
import { denseSoftLabels, softLabelsOf } from './soft-labels';

const cat = { label: 'cat', labelId: 2 };
const dog = { label: 'dog', labelId: 0 };
const partnerOf = (key: string) => (key === 'd' ? dog : cat);

it('gives every picture its share, and a label the shares of all its pictures', () => {
  const soft = (...mixed: Parameters<typeof softLabelsOf>[1]) => softLabelsOf(cat, mixed, partnerOf);
  expect(soft()).toEqual([{ ...cat, weight: 1 }]);
  expect(soft({ partner: 'd', weight: 0.7 })).toEqual([{ ...dog, weight: 0.3 }, { ...cat, weight: 0.7 }]); // biome-ignore format: a list
  expect(soft({ partner: 'c', weight: 0.7 })).toEqual([{ ...cat, weight: 1 }]);
  const twice = soft({ partner: 'd', weight: 0.5 }, { partner: 'c', weight: 0.6 });
  expect(twice).toEqual([{ ...dog, weight: 0.3 }, { ...cat, weight: 0.7 }]); // biome-ignore format: a list
});

it('has none for a picture without a label', () => {
  expect(softLabelsOf({ label: null, labelId: -1 }, [{ partner: 'd', weight: 0.5 }], partnerOf)).toEqual([]);
});

it('lays them out for every class', () => {
  const bytes = denseSoftLabels(softLabelsOf(cat, [{ partner: 'd', weight: 0.75 }], partnerOf), 4);
  expect([...new Float32Array(bytes.buffer)]).toEqual([0.25, 0, 0.75, 0]);
});
