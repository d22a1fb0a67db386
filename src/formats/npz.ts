import { z } from 'zod';
import { assert } from '../base/assert';
import { knob } from '../core/knobs';
import type { Format, RowsInfo, Writer } from '../core/plugin';
import { splits } from '../core/split';
import { tensorBytes } from './image-bytes';
import { npyDescrs, npyHeader } from './npy-header';
import { codePointsOf, textDescr, textRows } from './npy-text';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { openZip, type ZipMembers } from './zip-members';

const knobs = z.strictObject({
  compression: knob(z.enum(['none', 'deflate']), 'none', {
    label: 'Compression',
    help: 'none, as numpy.savez; deflate, as numpy.savez_compressed: a little smaller, and many times slower.',
  }),
});

/**
 * One NumPy archive a shard: `images`, `labels` (int64, -1 for none), `splits` (uint8: 0 train, 1 validation, 2 test)
 * where one file holds several splits, `filenames` and `class_names` (Unicode text). Images go straight through, so a
 * shard may be larger than memory; of a row only its label, split and name are held until the end.
 */
export const npz: Format<z.output<typeof knobs>> = {
  id: 'npz',
  label: 'NumPy archive',
  extension: 'npz',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses(info) {
    if (info.shape !== null) return null;
    return 'npz cannot hold pictures of different sizes; set image.fit to cover, contain or stretch';
  },
  async open(files, info, { compression }, shard): Promise<Writer> {
    const { shape, dtype } = info;
    assert(shape !== null, 'npz opened for pictures of different sizes');
    const bytesOf = tensorBytes(shape[0] * shape[1] * shape[2] * npyDescrs[dtype].bytes);
    const deflated = compression === 'deflate';
    const mixed = shard.folder === '' && info.splits.length > 1;
    const imagesHeader = (count: number) => npyHeader(npyDescrs[dtype].descr, [count, ...shape]);
    const zip = openZip(await files.create(info.name, 'npz'));
    const images = await zip.open('images.npy', imagesHeader(shard.rows), deflated);
    const labels: number[] = [];
    const parts: number[] = [];
    const names: string[] = [];
    return {
      async write(rows) {
        for (const row of rows) {
          await images.write(bytesOf(row));
          labels.push(row.labelId);
          parts.push(splits.indexOf(row.split));
          names.push(row.key);
        }
      },
      async close() {
        await images.close(imagesHeader(names.length));
        const ids = BigInt64Array.from(labels, BigInt);
        await putArray(zip, 'labels', '<i8', labels.length, [new Uint8Array(ids.buffer)], deflated);
        if (mixed) await putArray(zip, 'splits', '|u1', parts.length, [Uint8Array.from(parts)], deflated);
        await putText(zip, 'filenames', names, deflated);
        await putText(zip, 'class_names', info.classNames, deflated);
        await zip.close();
      },
    };
  },
  python: pythonLines,
};

async function putArray(
  zip: ZipMembers,
  name: string,
  descr: Parameters<typeof npyHeader>[0],
  count: number,
  pieces: Iterable<Uint8Array>,
  deflated: boolean,
): Promise<void> {
  const header = npyHeader(descr, [count]);
  const member = await zip.open(`${name}.npy`, header, deflated);
  for (const piece of pieces) await member.write(piece);
  await member.close(header);
}

async function putText(
  zip: ZipMembers,
  name: string,
  texts: readonly string[],
  deflated: boolean,
): Promise<void> {
  const width = texts.reduce((most, text) => Math.max(most, codePointsOf(text)), 1);
  await putArray(zip, name, textDescr(width), texts.length, textRows(texts, width), deflated);
}

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const nameOf = (set: PathSet) =>
    set.folder === '' ? 'dataset' : set.folder.replace(/\W+/g, '_').replace(/_$/, '');
  const arrays = ['images', 'labels', 'filenames', ...(info.splits.length > 1 ? ['splits'] : [])];
  const lines = sets.map((set) => {
    if (set.paths.length === 1) return `${nameOf(set)} = np.load(${pythonString(set.paths[0])})`;
    const kept = set.folder === '' ? arrays : arrays.filter((array) => array !== 'splits');
    return [
      `parts = [np.load(path) for path in ${pythonParts(set)}]`,
      `${nameOf(set)} = {name: np.concatenate([part[name] for part in parts]) for name in [${kept.map(pythonString).join(', ')}]}`,
    ].join('\n');
  });
  const first = sets.length > 0 ? nameOf(sets[0]) : 'dataset';
  return [
    ...(numbered ? ['from glob import glob'] : []),
    'import numpy as np',
    '',
    ...lines,
    `images, labels = ${first}["images"], ${first}["labels"]`,
    ...(sets.length > 0
      ? [`class_names = np.load(${pythonString(sets[0].paths[0])})["class_names"].tolist()`]
      : []),
  ].join('\n');
}
