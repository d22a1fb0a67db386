import { assert } from '../base/assert';
import { rowName } from '../core/name';
import type { CommittedFile, Fault, ShardFiles, WrittenRows } from '../core/plugin';
import type { PictureType, Row } from '../core/row';
import { differsAt } from './read-back';

/** A picture's ending, by which readers tell its type. */
export const pictureEndings: Readonly<Record<PictureType, string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
};

/** A row's picture as a path: its safe name, a further frame and a copy with their numbers: `cats/IMG_0001-frame3-copy1.jpg`. */
export function picturePath(row: Row): string {
  const { type } = pictureOf(row);
  return `${rowName(row)}.${pictureEndings[type]}`;
}

/** Writes rows' pictures as files of their own below `folderOf(row)`, which is empty or ends with `/`. */
export async function putPictures(
  files: ShardFiles,
  rows: readonly Row[],
  folderOf: (row: Row) => string,
): Promise<void> {
  await files.putAll(
    rows.map((row) => ({ path: folderOf(row) + picturePath(row), bytes: pictureOf(row).bytes })),
  );
}

/** Compares the sampled rows' pictures with what lies in their files, which are listed in the order of the rows. */
export async function verifyPictures(
  files: readonly CommittedFile[],
  written: WrittenRows,
  folder: string,
): Promise<Fault | null> {
  if (files.length !== written.count)
    return { path: folder, problem: `has ${files.length} pictures instead of ${written.count}` };
  for (const { at, row } of written.sample) {
    const fault = await differsAt(files[at], 0, pictureOf(row).bytes, row.key);
    if (fault !== null) return fault;
  }
  return null;
}

function pictureOf({ picture, key }: Row) {
  assert(picture !== null, `no picture came for ${key}`);
  return picture;
}
