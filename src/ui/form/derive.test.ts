import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { knob } from '../../core/knobs';
import { deriveKnobs, deriveSections, type Field, isShown } from './derive';

const schema = z
  .strictObject({
    version: z.literal(1).default(1),
    seed: knob(z.int().min(0), 0, { label: 'Seed' }),
    image: z
      .strictObject({
        fit: knob(z.enum(['cover', 'contain']), 'cover', {
          label: 'Fit',
          help: 'cover crops; contain: pads the rest; one of both.',
        }),
        width: knob(z.int().min(1).max(99), 24, { label: 'Width', unit: 'px', flag: 'w' }),
        share: knob(z.number().positive().max(1), 0.5, { label: 'Share', advanced: true }),
        pad: knob(z.string().regex(/^#[0-9a-f]{6}$/), '#000000', {
          label: 'Padding',
          when: { 'image.fit': ['contain'] },
        }),
        grey: knob(z.boolean(), false, { label: 'Grey' }),
        mean: knob(z.array(z.number()).min(1), [0.5], { label: 'Mean' }),
        of: knob(z.array(z.enum(['train', 'per-image'])), ['train'], { label: 'Of' }),
        name: knob(z.string().max(9), 'x', { label: 'Name' }),
        hidden: z.string().default('no label, no knob'),
      })
      .prefault({}),
  })
  .superRefine(() => undefined);

const image = deriveSections(schema).find(({ name }) => name === 'image')?.fields ?? [];
const field = (name: string): Field => {
  const found = image.find((each) => each.name === name);
  if (!found) throw new Error(`no field ${name}`);
  return found;
};

describe('deriveSections', () => {
  it('gives sections in the order of the schema, and top-level knobs last', () => {
    const sections = deriveSections(schema);
    expect(sections.map(({ name }) => name)).toEqual(['image', '']);
    expect(sections[1]?.fields.map(({ id }) => id)).toEqual(['seed']);
  });

  it('leaves out what has no label', () => {
    expect(image.map(({ name }) => name)).not.toContain('hidden');
  });

  it('chooses a control by what the value may be', () => {
    expect(image.map(({ name, control }) => [name, control.kind])).toEqual([
      ['fit', 'choice'],
      ['width', 'number'],
      ['share', 'number'],
      ['pad', 'colour'],
      ['grey', 'switch'],
      ['mean', 'numbers'],
      ['of', 'chips'],
      ['name', 'text'],
    ]);
  });

  it('carries limits, unit, flag and default', () => {
    expect(field('width')).toMatchObject({
      id: 'image.width',
      path: ['image', 'width'],
      unit: 'px',
      flag: 'w',
      fallback: 24,
      control: { kind: 'number', integer: true, min: 1, max: 99 },
    });
    expect(field('share')).toMatchObject({
      flag: 'share',
      advanced: true,
      control: { integer: false, min: 0, max: 1 },
    });
  });

  it("takes a value's words from the help", () => {
    expect(field('fit').control).toEqual({
      kind: 'choice',
      options: [
        { value: 'cover', label: 'Cover', hint: null },
        { value: 'contain', label: 'Contain', hint: 'pads the rest' },
      ],
    });
    expect(field('of').control).toMatchObject({ options: [{ label: 'Train' }, { label: 'Per image' }] });
  });
});

describe('isShown', () => {
  it('follows the other knob that a knob depends on', () => {
    expect(isShown(field('pad'), { image: { fit: 'cover' } })).toBe(false);
    expect(isShown(field('pad'), { image: { fit: 'contain' } })).toBe(true);
    expect(isShown(field('width'), {})).toBe(true);
  });
});

describe('deriveKnobs', () => {
  it("places a plug-in's knobs where they lie in the recipe", () => {
    const knobs = z.strictObject({ degrees: knob(z.number(), 15, { label: 'Degrees', unit: '°' }) });
    const [degrees] = deriveKnobs(knobs, ['augment', 'steps', 1, 'rotate']);
    expect(degrees?.id).toBe('augment.steps[1].rotate.degrees');
    expect(deriveKnobs(z.strictObject({}), ['output', 'options', 'npy'])).toEqual([]);
  });
});
