import { expect, it } from 'vitest';
import { drawnWords } from './drawn-words';

it('says what was drawn in a few letters, each number in its own unit', () => {
  expect(drawnWords({ step: 'flip-horizontal' })).toBe('flip ↔');
  expect(drawnWords({ step: 'rotate', degrees: -6.24 })).toBe('rotate −6.2°');
  expect(drawnWords({ step: 'turn', degrees: 270 })).toBe('turn +270°');
  expect(drawnWords({ step: 'brightness', factor: 1.12 })).toBe('brightness +12 %');
  expect(drawnWords({ step: 'brightness', factor: 0.999 })).toBe('brightness +0 %');
  expect(drawnWords({ step: 'posterise', bits: 5 })).toBe('posterise 5 bits');
  expect(drawnWords({ step: 'jpeg', quality: 60 })).toBe('jpeg quality 60');
  expect(drawnWords({ step: 'gamma', exponent: 1.1101 })).toBe('gamma 1.11');
  expect(drawnWords({ step: 'gaussian-noise', sigma: 3.5, seed: 9 })).toBe('gaussian noise σ 3.5');
  expect(drawnWords({ step: 'motion-blur', length: 7, degrees: 31.26 })).toBe('motion blur 7 px +31.3°');
  expect(drawnWords({ step: 'salt-and-pepper', share: 0.0148, seed: 1 })).toBe('salt and pepper 1.5 %');
  expect(drawnWords({ step: 'shear', horizontal: 9.1798, vertical: -2.08 })).toBe('shear ↔ +9.2° ↕ −2.1°');
  expect(drawnWords({ step: 'translate', horizontal: -0.05, vertical: 0.1 })).toBe(
    'translate ↔ −5 % ↕ +10 %',
  );
});

it('says of a box how much of the picture it is, not where', () => {
  const crop = { step: 'random-resized-crop', seed: 1, left: 0.1, top: 0, width: 0.9, height: 0.9 };
  expect(drawnWords(crop)).toBe('crop 81 %');
  expect(drawnWords({ step: 'cutout', area: 0.123, ratio: 2, left: 0.1, top: 0.3 })).toBe('cutout 12 %');
  expect(drawnWords({ step: 'perspective', x1: 0.1, y1: 0, x2: 0.1, y2: 0 })).toBe('perspective');
});

it('says of a policy what it chose', () => {
  expect(drawnWords({ step: 'trivial', operation: 'translate-x', magnitude: -0.31 })).toBe(
    'trivial: translate x −0.31',
  );
  const two = { operation1: 'equalise', magnitude1: 0, operation2: 'rotate', magnitude2: 9 };
  expect(drawnWords({ step: 'rand', ...two })).toBe('rand: equalise, rotate 9');
});

it('says with what a picture is mixed, and how much of it is left', () => {
  expect(drawnWords({ step: 'mixup', weight: 0.7261, partner: 'dog/2.jpg' })).toBe(
    'mixup 73 % with dog/2.jpg',
  );
  expect(drawnWords({ step: 'cutmix', weight: 0.6, left: 0.1, top: 0.2, partner: 'a' })).toBe(
    'cutmix 60 % with a',
  );
});

it('says what it does not know by name', () => {
  expect(drawnWords({ step: 'solar-flare', strength: 0.5, at: 'top' })).toBe(
    'solar flare strength 0.5 at top',
  );
});
