import { expect, test } from 'vitest';
import { carryDecisions, decisionsCsv, withDecisions } from './decisions';
import type { ImageRef } from './image';
import { readTable } from './table';

const labelling = {
  labels: ['cat', null, null],
  classNames: ['cat'],
  extras: [{}, {}, {}],
  extraColumns: [],
  notes: [],
};
// Of an image only the key counts here.
const images = ['a.jpg', 'b.jpg', 'c.jpg'].map((key) => ({ key }) as ImageRef);

test('a decision labels what has no label, and never changes one that was given', () => {
  const decided = withDecisions(labelling, images, new Map([['a.jpg', 'dog'], ['c.jpg', 'ant']])); // biome-ignore format: pairs
  expect(decided.labels).toEqual(['cat', null, 'ant']);
  expect(decided.classNames).toEqual(['ant', 'cat']);
});

test('the table of decisions is one that labels are read from', async () => {
  const decisions = new Map([['b "x", y.jpg', 'great white shark, man-eater'], ['a.jpg', 'macaw']]); // biome-ignore format: pairs
  const table = await readTable('metadata.csv', new Blob([decisionsCsv(decisions)]));
  expect(table.rows.map(({ file_name, label }) => [file_name, label])).toEqual([
    ['a.jpg', 'macaw'],
    ['b "x", y.jpg', 'great white shark, man-eater'],
  ]);
});

test('a decision goes with its image to another key, and with no other', () => {
  const file = (key: string, origin: object) => ({ key, origin }) as ImageRef; // of an image only these count here
  const [one, two] = [{}, {}];
  const before = [file('a.jpg', one), file('b.jpg', two)];
  // The same two beside a second folder, which has an a.jpg of its own.
  const now = [file('cats/a.jpg', {}), file('pets/a.jpg', one), file('pets/b.jpg', two)];
  const carried = carryDecisions(new Map([['a.jpg', 'macaw']]), before, now);
  expect([...carried]).toEqual([['pets/a.jpg', 'macaw']]);
});
