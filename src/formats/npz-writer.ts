import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { tensorBytes } from './image-bytes';
import { type NpyDescr, npyDescrs, npyHeader } from './npy-header';
import { codePointsOf, textDescr, textRows } from './npy-text';
import { openZip, type ZipMembers } from './zip-members';

/** Opens one shard's archive. */
export async function openNpz(
  files: ShardFiles,
  info: RowsInfo,
  deflated: boolean,
  shard: Shard,
): Promise<Writer> {
  const { shape, dtype } = info;
  assert(shape !== null, 'npz opened for pictures of different sizes');
  const bytesOf = tensorBytes(shape[0] * shape[1] * shape[2] * npyDescrs[dtype].bytes);
  const mixed = shard.folder === '' && info.splits.length > 1;
  const imagesHeader = (count: number) => npyHeader(npyDescrs[dtype].descr, [count, ...shape]);
  const zip = openZip(await files.createOne(info.name, 'npz'));
  const images = await zip.open('images.npy', imagesHeader(shard.rows), deflated);
  const labels: number[] = [];
  const soft: Uint8Array[] = [];
  const parts: number[] = [];
  const names: string[] = [];
  return {
    async write(rows) {
      for (const row of rows) {
        await images.write(bytesOf(row));
        labels.push(row.labelId);
        if (info.softLabels) soft.push(denseSoftLabels(row.softLabels, info.classNames.length));
        parts.push(splits.indexOf(row.split));
        names.push(row.key);
      }
    },
    async close() {
      await images.close(imagesHeader(names.length));
      const ids = BigInt64Array.from(labels, BigInt);
      await putArray(zip, 'labels', '<i8', labels.length, [new Uint8Array(ids.buffer)], deflated);
      if (info.softLabels)
        await putArray(zip, 'soft_labels', '<f4', soft.length, soft, deflated, [info.classNames.length]);
      if (mixed) await putArray(zip, 'splits', '|u1', parts.length, [Uint8Array.from(parts)], deflated);
      await putText(zip, 'filenames', names, deflated);
      await putText(zip, 'class_names', info.classNames, deflated);
      await zip.close();
    },
  };
}

async function putArray(
  zip: ZipMembers,
  name: string,
  descr: NpyDescr,
  count: number,
  pieces: Iterable<Uint8Array>,
  deflated: boolean,
  item: readonly number[] = [],
): Promise<void> {
  const header = npyHeader(descr, [count, ...item]);
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
