import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { type NpyDescr, npyDescrs } from './npy-header';
import { codePointsOf, textDescr, textRows } from './npy-text';
import { verifyArray } from './npy-verify';
import { differsAt, orDamaged } from './read-back';
import { vectorsOf } from './vectors';
import { readZip, type ZipMemberFound } from './zip-verify';

/** Reads one shard's archive back: its directory, each array's header, and the sampled rows. */
export async function verifyNpz(
  file: CommittedFile,
  written: WrittenRows,
  info: RowsInfo,
  shard: Shard,
): Promise<Fault | null> {
  const { shape, dtype, classNames } = info;
  assert(shape !== null, 'npz verified for pictures of different sizes');
  return orDamaged(file, 'npz', RangeError, async (file) => {
    const { members, close } = await readZip(file);
    const check = (name: string, descr: NpyDescr, item: readonly number[], bytesOf: (row: Row) => Uint8Array | undefined) =>
      verifyArray(memberOf(file, members, name), descr, item, written.count, written.sample, bytesOf); // biome-ignore format: long
    const mixed = shard.folder === '' && info.splits.length > 1;
    try {
      for (const each of vectorsOf(info)) {
        const { descr } = npyDescrs[each.dtype];
        const fault = await check(each.column, descr, [each.length], each.bytes);
        if (fault !== null) return fault;
      }
      return (
        (await check('images', npyDescrs[dtype].descr, shape, ({ tensor }) => tensor?.bytes)) ??
        (await check(
          'labels',
          '<i8',
          [],
          ({ labelId }) => new Uint8Array(BigInt64Array.of(BigInt(labelId)).buffer),
        )) ??
        (info.softLabels
          ? await check('soft_labels', '<f4', [classNames.length], ({ softLabels }) =>
              denseSoftLabels(softLabels, classNames.length),
            )
          : null) ??
        (mixed
          ? await check('splits', '|u1', [], ({ split }) => Uint8Array.of(splits.indexOf(split)))
          : null) ??
        (await verifyNames(memberOf(file, members, 'filenames'), written)) ??
        (await verifyTexts(memberOf(file, members, 'class_names'), classNames))
      );
    } finally {
      await close();
    }
  });
}

type Member = ZipMemberFound & { readonly path: string };

function memberOf(file: CommittedFile, members: ReadonlyMap<string, ZipMemberFound>, name: string): Member {
  const member = members.get(`${name}.npy`);
  if (member === undefined) throw new RangeError(`it has no ${name}`);
  return { ...member, path: file.path };
}

/** Names are as wide as the widest, which only the whole shard knows: the width is that of the member's own size. */
async function verifyNames(member: Member, { count, sample }: WrittenRows): Promise<Fault | null> {
  const width = count === 0 ? 1 : Math.max(1, Math.floor((member.bytes - headerBytes) / (4 * count)));
  const narrow = sample.find(({ row }) => codePointsOf(row.key) > width);
  if (narrow !== undefined)
    return { path: member.path, problem: `has no room for the name ${narrow.row.key}` };
  return verifyArray(member, textDescr(width), [], count, sample, ({ key }) => rowOf(key, width));
}

/** In pieces of many names: on the command line each read is a request. */
async function verifyTexts(member: Member, texts: readonly string[]): Promise<Fault | null> {
  const width = texts.reduce((most, text) => Math.max(most, codePointsOf(text)), 1);
  const fault = await verifyArray(member, textDescr(width), [], texts.length, [], () => undefined);
  if (fault !== null) return fault;
  let at = headerBytes;
  for (const piece of textRows(texts, width)) {
    const fault = await differsAt(member, at, piece, 'its class names');
    if (fault !== null) return fault;
    at += piece.length;
  }
  return null;
}

const rowOf = (text: string, width: number): Uint8Array => [...textRows([text], width)][0];

/** Of an array with one axis. */
const headerBytes = 128;
