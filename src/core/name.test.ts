import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import { assignNames, type Nameable, rowName } from './name';

const image = (key: string, label: string | null = null, split: Nameable['split'] = 'train'): Nameable => ({
  ref: { key },
  label,
  split,
});

describe('assignNames', () => {
  it('names by label and file name', () => {
    expect(
      assignNames([image('x/cats/a.b.jpg', 'cats'), image('dogs/noending', 'dogs')], 'together'),
    ).toEqual(['cats/a.b', 'dogs/noending']);
  });

  it('keeps the folders of a dataset without labels', () => {
    expect(assignNames([image('b/a.jpg'), image('../c.png')], 'together')).toEqual(['b/a', 'c']);
  });

  it('puts an image without a label among others in a folder of its own', () => {
    const names = assignNames(
      [image('a.jpg'), image('b.jpg', 'x'), image('c.jpg', '_unlabelled')],
      'together',
    );
    expect(names[0]).toBe('_unlabelled/a');
    expect(names[2]).toMatch(/^_unlabelled-[0-9a-f]{16}\/c$/);
  });

  it('tells apart what would be one name on some file system', () => {
    const names = assignNames(
      [image('c/x.jpg', 'c'), image('c/X.png', 'c'), image('d/c/x.jpg', 'c'), image('c/y.jpg', 'c')],
      'together',
    );
    for (const name of names.slice(0, 3)) expect(name).toMatch(/^c\/x-[0-9a-f]{16}$/i);
    expect(new Set(names).size).toBe(4);
    expect(names[3]).toBe('c/y');
  });

  it('lets splits share names when each has its own folder', () => {
    const both = [image('train/c/1.jpg', 'c', 'train'), image('test/c/1.jpg', 'c', 'test')];
    expect(assignNames(both, 'by-split')).toEqual(['c/1', 'c/1']);
    expect(new Set(assignNames(both, 'together')).size).toBe(2);
  });

  it('gives labels folders of their own', () => {
    const names = assignNames([image('1.jpg', 'a?'), image('2.jpg', 'a*'), image('3.jpg', '..')], 'together');
    expect(names[0]).toMatch(/^a_-[0-9a-f]{16}\/1$/);
    expect(names[1]).toMatch(/^a_-[0-9a-f]{16}\/2$/);
    expect(names[0].slice(0, -2)).not.toBe(names[1].slice(0, -2));
    expect(names[2]).toBe('_/3');
  });

  it('keeps what is named like another’s frame or copy apart from it', () => {
    const names = assignNames(
      [image('a/x.gif'), image('a/x-frame1.png'), image('a/x-copy1.png')],
      'together',
    );
    const rows = [0, 1].flatMap((frame) => [0, 1].map((copy) => rowName({ name: names[0], frame, copy })));
    expect(rows).toEqual(['a/x', 'a/x-copy1', 'a/x-frame1', 'a/x-frame1-copy1']);
    expect(rows).not.toContain(names[1]);
    expect(rows).not.toContain(names[2]);
  });

  it('depends on the set of images, not on their order, and never repeats with frames and copies', () => {
    const numbers = random('names');
    const pick = (list: readonly string[]) => list[Math.floor(numbers.between(0, list.length))];
    const keys = new Set<string>();
    while (keys.size < 3000) {
      const stem = pick([
        'x',
        'X',
        'x-copy1',
        'x-copy2',
        'x-frame1',
        'x-frame1-copy1',
        'e\u0301',
        'é',
        'con',
        'a?',
        'a*',
        'x-0123456789abcdef',
        '日本',
      ]);
      keys.add(
        `${pick(['', 'a/', 'A/', 'a/b/', 'c/'])}${stem}${pick(['', '.', 'y', '9'])}${Math.floor(numbers.between(0, 40))}.${pick(['jpg', 'JPG', 'png'])}`,
      );
    }
    for (const label of [null, 'a']) {
      const images = [...keys].map((key) => image(key, label));
      const names = assignNames(images, 'together');
      const files = names.flatMap((name) =>
        [0, 1, 12].flatMap((frame) => [0, 1, 2].map((copy) => rowName({ name, frame, copy }))),
      );
      expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(files.length);
      expect(assignNames(images.toReversed(), 'together').toReversed()).toEqual(names);
    }
  });
});
