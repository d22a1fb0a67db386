import { expect, it } from 'vitest';
import { parseRecipe } from '../core/recipe';
import type { RunReport } from '../core/report';
import { tellPrivacy } from './privacy';
import { schema } from './registry';

const tell = (privacy: Partial<RunReport['privacy']>, recipe: unknown = {}, images = 600) =>
  tellPrivacy({
    privacy: { gps: 0, serial: 0, owner: 0, faces: 0, ...privacy },
    // Of the metrics only the count is told.
    metrics: { images_processed: images } as RunReport['metrics'],
    recipe: parseRecipe(recipe, schema),
  }).join(' ');
const pictures = (more: object = {}) => ({ output: { formats: ['images', 'csv'], ...more } });

it('says so when nothing is carried', () => {
  expect(tell({})).toBe(
    'None of 600 images carries a GPS position, a serial number, a person’s name or face regions.',
  );
});

it('tells what is carried, and that the re-encoded pictures and the tables have none of it', () => {
  expect(tell({ gps: 12, faces: 1 }, pictures())).toBe(
    '12 of 600 images carry a GPS position, 1 carries face regions. None of it is in the re-encoded pictures. The GPS columns are off: no table gives a position.',
  );
  expect(tell({ serial: 1 }, {}, 1)).toBe('1 of 1 image carries a serial number.');
});

it('tells what the chosen knobs put into the output', () => {
  const kept = pictures({ picture_metadata: 'keep' });
  expect(tell({ serial: 3 }, kept)).toContain('The re-encoded pictures carry the EXIF of their files');
  expect(tell({ gps: 1 }, { decode: { gps: true } })).toContain('tables give the positions');
  expect(tell({ gps: 1 }, { decode: { gps: true, exif: false } })).toContain('no table gives a position');
  expect(tell({ owner: 1 })).toContain('copyright notices and descriptions as they are written');
  expect(tell({ owner: 1 }, { decode: { personal: true } })).toContain('Tables give artists, copyright');
  expect(tell({ owner: 1 }, { decode: { exif: false } })).not.toContain('ables');
});
