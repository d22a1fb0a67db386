import { describe, expect, it } from 'vitest';
import { random } from './random';
import { isSafePath, safePart, safePath } from './safe-path';

describe('safePath', () => {
  it.each([
    ['cats/IMG 0001.jpg', 'cats/IMG 0001.jpg'],
    ['日本/Ünï 🐈.jpg', '日本/Ünï 🐈.jpg'],
    ['../../etc/passwd', 'etc/passwd'],
    ['a/./b//c/../d', 'a/b/c/d'],
    ['', '_'],
    ['..', '_'],
    ['C:\\x\\y', 'C__x_y'],
    ['a<b>c"d|e?f*g', 'a_b_c_d_e_f_g'],
    ['a\u0000b\nc\u007fd', 'a_b_c_d'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['COM1', '_COM1'],
    ['console', 'console'],
    ['.hidden', '_hidden'],
    ['end. . ', 'end_'],
    [' start', '_start'],
    ['evil\u202egpj.exe', 'evil_gpj.exe'],
    ['zero\u200bwidth', 'zero_width'],
    ['\ud800x', '_x'],
    ['e\u0301', '\u00e9'],
  ])('makes %j %j', (path, safe) => {
    expect(safePath(path)).toBe(safe);
  });

  it('cuts a long part between characters', () => {
    const cut = safePart('ä'.repeat(200));
    expect(cut).toBe('ä'.repeat(75));
    expect(new TextEncoder().encode(safePart(`a${'🐈'.repeat(99)}`)).length).toBeLessThanOrEqual(150);
  });

  it('gives a path that is safe already, for any text', () => {
    const numbers = random('safe paths');
    const alphabet = [
      ...'ab.. /\\:~\u0000\u200d\ud800é\u0301 ',
      'con',
      'nul.',
      '\u{1f408}',
      '\ufdd0',
      '\ufeff',
    ];
    for (let i = 0; i < 5000; i++) {
      const text = Array.from(
        { length: Math.floor(numbers.between(0, 90)) },
        () => alphabet[Math.floor(numbers.between(0, alphabet.length))],
      ).join('');
      const safe = safePath(text);
      expect(safePath(safe)).toBe(safe);
      for (const part of safe.split('/')) {
        expect(part).not.toMatch(/^$|^\.|^\s|[.\s]$|[\\:*?"<>|\p{Cc}]/u);
        expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(151);
      }
    }
  });
});

describe('isSafePath', () => {
  it.each(['cats/IMG 0001.jpg', 'train-00003-of-00010.tfrecord', `${'x'.repeat(150)}-00001-of-00002.npy`])(
    'takes %j',
    (path) => expect(isSafePath(path)).toBe(true),
  );

  it.each([
    '',
    '/etc/passwd',
    '../a',
    'a/../b',
    'a//b',
    'a/',
    'C:\\x',
    'a\0b',
    '.hidden',
    'con',
    'x'.repeat(256),
    `${'y/'.repeat(2000)}z`,
  ])('refuses %j', (path) => expect(isSafePath(path)).toBe(false));
});
