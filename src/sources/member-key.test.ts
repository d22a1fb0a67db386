import { expect, it } from 'vitest';
import { random } from '../base/random';
import { memberKey, tellApart } from './member-key';

it.each([
  ['cat/1.jpg', 'cat/1.jpg'],
  ['./cat/1.jpg', 'cat/1.jpg'],
  ['../../etc/1.jpg', 'etc/1.jpg'],
  ['cat/../../1.jpg', 'cat/1.jpg'],
  ['/etc/1.jpg', 'etc/1.jpg'],
  ['C:\\cat\\1.jpg', 'cat/1.jpg'],
  ['c:/d:..\\1.jpg', '1.jpg'],
  ['\\\\server\\share\\1.jpg', 'server/share/1.jpg'],
  ['cat\\..\\1.jpg', 'cat/1.jpg'],
  ['cat//1.jpg', 'cat/1.jpg'],
  ['a\u0000b\n.jpg', 'a_b_.jpg'],
  ['gpj.\u202e1.jpg', 'gpj._1.jpg'],
  ['what?.jpg', 'what?.jpg'],
  ['späß/ü.jpg', 'späß/ü.jpg'],
  ['..', '_'],
  ['', '_'],
  ['\ud800.jpg', '\ufffd.jpg'],
])('%j becomes %j', (name, key) => {
  expect(memberKey(name)).toBe(key);
});

it('stays below its folder whatever the name', () => {
  const numbers = random('member keys');
  const alphabet = ['.', '..', '/', '\\', 'a', 'C:', '\0', ' ', '~'];
  for (let round = 0; round < 5000; round++) {
    const length = Math.floor(numbers.between(0, 12));
    const name = Array.from({ length }, () => alphabet[Math.floor(numbers.between(0, alphabet.length))]).join(
      '',
    );
    const key = memberKey(name);
    expect(key).not.toMatch(/^\/|^[a-z]:|\\|(^|\/)\.{0,2}(\/|$)|\p{Cc}/iu);
    expect(memberKey(key)).toBe(key);
  }
});

it('tells equal keys apart, without taking one that is there', () => {
  const keys = ['a.jpg', 'a.jpg', 'a (2).jpg', 'a.jpg', 'b', 'b'];
  expect(keys.map(tellApart(new Set(keys)))).toEqual([
    'a.jpg', 'a (3).jpg', 'a (2).jpg', 'a (4).jpg', 'b', 'b (2)',
  ]); // biome-ignore format: a list
});
