import { expect, it } from 'vitest';
import { drawnWords } from './drawn-words';

it('says what was drawn in a few letters', () => {
  expect(drawnWords({ step: 'flip-horizontal' })).toBe('flip ↔');
  expect(drawnWords({ step: 'rotate', degrees: -6.24 })).toBe('rotate −6.2°');
  expect(drawnWords({ step: 'brightness', factor: 1.12 })).toBe('brightness +12 %');
  expect(drawnWords({ step: 'brightness', factor: 0.999 })).toBe('brightness +0 %');
});

it('says of a crop how much it keeps', () => {
  const crop = { step: 'random-resized-crop', seed: 1, left: 0.1, top: 0, width: 0.9, height: 0.9 };
  expect(drawnWords(crop)).toBe('crop 81 %');
});

it('says what it does not know by name', () => {
  expect(drawnWords({ step: 'solar-flare', strength: 0.5, at: 'top' })).toBe(
    'solar flare strength +0.50 at top',
  );
});
