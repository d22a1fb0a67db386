import { expect, test } from 'vitest';
import { wrongExtension } from './extension';
import type { ImageFormat } from './image';

test.each<readonly [string, ImageFormat, string | null]>([
  ['a/b.jpg', 'jpeg', null],
  ['a/b.JPG', 'jpeg', null],
  ['a/b.jpg', 'webp', '.jpg'],
  ['b.PNG', 'jpeg', '.png'],
  ['b.tif', 'bigtiff', null],
  ['b.heic', 'avif', null],
  ['jpg', 'png', null],
  ['a.jpg/b', 'png', null],
  ['photo.download', 'png', null],
])('%s that is %s: %s', (key, format, ending) => {
  expect(wrongExtension(key, format)).toBe(ending);
});
