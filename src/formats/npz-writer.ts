import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { tensorBytes } from './image-bytes';
import { type NpyDescr, npyDescrs, npyHeader } from './npy-header';
import { codePointsOf, textDescr, textRows } from './npy-text';
import { vectorsOf } from './vectors';
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
  const classes = info.classNames.length;
  const soft = info.softLabels ? holdPieces() : null;
  const parts: number[] = [];
  const names: string[] = [];
  const vectors = vectorsOf(info).map((each) => ({ each, held: holdPieces() }));
  return {
    async write(rows) {
      for (const row of rows) {
        await images.write(bytesOf(row));
        labels.push(row.labelId);
        soft?.add(denseSoftLabels(row.softLabels, classes));
        parts.push(splits.indexOf(row.split));
        names.push(row.key);
        for (const { each, held } of vectors) held.add(each.bytes(row));
      }
    },
    async close() {
      await images.close(imagesHeader(names.length));
      const ids = BigInt64Array.from(labels, BigInt);
      await putArray(zip, 'labels', '<i8', [labels.length], [new Uint8Array(ids.buffer)], deflated);
      if (soft !== null) {
        const shape = [names.length, classes] as const;
        await putArray(zip, 'soft_labels', '<f4', shape, soft.pieces(), deflated);
      }
      if (mixed) await putArray(zip, 'splits', '|u1', [parts.length], [Uint8Array.from(parts)], deflated);
      await putText(zip, 'filenames', names, deflated);
      await putText(zip, 'class_names', info.classNames, deflated);
      for (const { each, held } of vectors) {
        const shape = [names.length, each.length] as const;
        await putArray(zip, each.column, npyDescrs[each.dtype].descr, shape, held.pieces(), deflated);
      }
      await zip.close();
    },
  };
}

/** Copies of small pieces, laid end to end in larger ones: an archive's members are written one after the other. */
function holdPieces() {
  const full: Uint8Array[] = [];
  let piece = new Uint8Array(heldBytes);
  let filled = 0;
  return {
    add(bytes: Uint8Array) {
      if (filled + bytes.length > piece.length) {
        full.push(piece.subarray(0, filled));
        piece = new Uint8Array(Math.max(heldBytes, bytes.length));
        filled = 0;
      }
      piece.set(bytes, filled);
      filled += bytes.length;
    },
    pieces: (): readonly Uint8Array[] => [...full, piece.subarray(0, filled)],
  };
}

/** Larger pieces waste more of the last one, smaller ones are more calls when the array is written. */
const heldBytes = 2 ** 20;

async function putArray(
  zip: ZipMembers,
  name: string,
  descr: NpyDescr,
  shape: readonly [number, ...number[]],
  pieces: Iterable<Uint8Array>,
  deflated: boolean,
): Promise<void> {
  const header = npyHeader(descr, shape);
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
  await putArray(zip, name, textDescr(width), [texts.length], textRows(texts, width), deflated);
}
