import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../src/cli/chromium';
import { installedIds } from '../../src/cli/model-folder';
import { compareAugmentation } from './augment';
import { measureDecoding } from './decode';
import { measureFeatures } from './features';
import { measureFormats } from './formats';
import { measureLinks } from './links';
import { measureMemory } from './memory';
import { measureModels } from './models';
import { measureNearest } from './nearest';
import { measurePage } from './page';
import { gather, withFolder } from './pictures';
import { measurePreview } from './preview';
import { type Row, tableOf } from './row';
import { compareSpeed } from './speed';

const help = `npm run bench -- [--only WHAT] [--images DIR] [--pairs N] [--json FILE]

WHAT is speed, augment, decode, formats, features, models, nearest, links, page, preview or memory.

Measures the whole way from images on disk to images.npy (224 x 224, uint8) against sharp (libvips) on the same
cores in the same run, with an augmented copy of each (float32, normalised) against Pillow and NumPy, the same of 12 MP pictures in formats that need a codec (beside sharp, or libvips' vipsthumbnail
where sharp has none), each format's writer against the library that people use (in .venv, which npm run
test:interop makes, or IMAGEMILL_PYTHON), how many labels each extractor finds again by nearest neighbours, installed
models beside TensorFlow, a query among 100,000 vectors, links to a server on loopback beside the same files, the page's thread and
first load, and the memory of the whole browser.
Without --images the pictures are those of ../shared/data. A ratio over 1 is in our favour.
`;

/** Measures what the arguments ask for, prints the table, and resolves to the exit code. */
export async function measure(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      images: { type: 'string' },
      pairs: { type: 'string', default: '5' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const chromium = ensureChromium(say);
  const wants = (what: string) => values.only === undefined || values.only === what;
  const pairs = Number(values.pairs);
  const rows: Row[] = [];
  const small = values.images ?? '../shared/data/images';
  await withFolder(async (folder) => {
    if (wants('speed') || wants('augment')) {
      const sets =
        values.images === undefined
          ? [
              { name: 'jpeg-big-224', pictures: gather('../shared/data/big', /\.jpe?g$/i), count: bigCount },
              { name: 'jpeg-small-224', pictures: gather(small, /\.jpe?g$/i), count: 600 },
            ]
          : [{ name: 'images-224', pictures: gather(small, /\.(jpe?g|png|webp|gif|avif)$/i), count: 0 }];
      const bench = { chromium, folder, pairs, say };
      if (wants('speed')) for (const set of sets) rows.push(await compareSpeed(set, bench));
      if (wants('augment')) for (const set of sets) rows.push(...(await compareAugmentation(set, bench)));
    }
    if (wants('decode'))
      rows.push(
        ...(await measureDecoding(gather('../shared/data/big', /\.jpe?g$/i)[0], {
          chromium,
          folder,
          pairs,
          say,
        })),
      );
    if (wants('formats'))
      rows.push(...(await measureFormats(gather(small, /\.jpe?g$/i), { chromium, folder, say })));
    if (wants('features')) {
      const labelled = gather(small, /\.(jpe?g|png|webp)$/i);
      rows.push(
        ...(await measureFeatures(labelled, ['descriptor', ...(await installedIds('models'))], {
          chromium,
          folder,
          say,
        })),
      );
    }
    if (wants('models'))
      rows.push(...(await measureModels(gather(small, /\.jpe?g$/i), { chromium, folder, pairs, say })));
    if (wants('nearest')) for (const threads of [1, 2]) rows.push(await measureNearest(threads, say));
    if (wants('page'))
      rows.push(...(await measurePage(gather(small, /\.jpe?g$/i), { chromium, folder, say })));
    if (wants('preview'))
      rows.push(
        ...(await measurePreview(gather('../shared/data/big', /\.jpe?g$/i)[0], { chromium, folder, say })),
      );
    if (wants('links'))
      rows.push(...(await measureLinks(gather(small, /\.jpe?g$/i), { chromium, folder, pairs, say })));
    if (wants('memory'))
      rows.push(...(await measureMemory(gather(small, /\.jpe?g$/i), { chromium, folder, say })));
  });
  process.stdout.write(`${availableParallelism()} cores\n${tableOf(rows)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return 0;
}

/**
 * A run of about four seconds. A shorter one tells mostly of its ends, where the last picture leaves a core without work; people's
 * folders have thousands.
 */
const bigCount = 160;
