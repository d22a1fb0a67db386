import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { sampleRows } from '../core/row-sample';
import { arrow } from './arrow';
import { makeInfo, makeRow, memoryFiles, oneShard, storedFiles } from './memory-files';

const info = makeInfo({ extraColumns: ['note'] });
const rows = [
  makeRow({ extra: { note: 'first' } }),
  makeRow({ key: 'b.jpg', label: null, labelId: -1, extra: {} }),
  makeRow({ key: 'c.jpg', label: 'dogs', labelId: 1, extra: { note: 'ä' } }),
];

async function write(rows: readonly Row[], knobs: object, told: RowsInfo = info): Promise<Uint8Array> {
  const files = memoryFiles();
  const writer = await arrow.open(files, told, arrow.knobs.parse(knobs), oneShard(rows.length));
  await writer.write(rows);
  await writer.close();
  return [...files.done.values()][0];
}

/** What is wrong with a file that should hold `wanted`; null when nothing is. `reads` gets every read. */
async function problemOf(bytes: Uint8Array, knobs: object, wanted = rows, reads: number[] = []) {
  const sample = sampleRows();
  sample.add(wanted);
  const [file] = storedFiles(new Map([['images.arrow', bytes]]));
  const counted: typeof file = {
    ...file,
    read(start, end) {
      reads.push(end - start);
      return file.read(start, end);
    },
  };
  const given = arrow.knobs.parse(knobs);
  const fault = await arrow.verify!([counted], sample.written(), info, given, oneShard(wanted.length));
  return fault?.problem ?? null;
}

/** Where the message that begins at `start`, without a body, ends. */
function messageEnd(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer);
  return start + 8 + view.getUint32(start + 4, true);
}

describe.each([{ container: 'file' }, { container: 'stream' }, { image: 'picture' }, { image: 'none' }])(
  'an Arrow table of %j read back',
  (knobs) => {
    it('is at fault when a byte of its beginning, its schema or its footer is another', async () => {
      const bytes = await write(rows, knobs);
      expect(await problemOf(bytes, knobs)).toBeNull();
      const stream = 'container' in knobs && knobs.container === 'stream';
      const schemaEnd = messageEnd(bytes, stream ? 0 : 8);
      const footerBytes = stream ? 8 : 10 + new DataView(bytes.buffer).getUint32(bytes.length - 10, true);
      const places = Array.from({ length: bytes.length }, (_, at) => at);
      for (const at of [
        ...places.slice(0, schemaEnd).filter((at) => at % 3 === 0),
        ...places.slice(-footerBytes),
      ]) {
        const spoilt = bytes.slice();
        spoilt[at] ^= 1 + (at % 255);
        expect(await problemOf(spoilt, knobs), `byte ${at}`).not.toBeNull();
      }
    });

    it('never fails in another way, and holds no more memory than the file has, whatever is damaged', async () => {
      const bytes = await write(rows, knobs);
      for (let at = 0; at < bytes.length; at += 7) {
        const spoilt = bytes.slice(0, at % 2 === 0 ? bytes.length : at);
        spoilt.fill(0xff, at, at + 8);
        const reads: number[] = [];
        await problemOf(spoilt, knobs, rows, reads);
        expect(Math.max(...reads)).toBeLessThanOrEqual(256 * 1024);
      }
    });

    it('is at fault with another value in any column of a row', async () => {
      const bytes = await write(rows, knobs);
      const [, , last] = rows;
      const { meta } = last;
      const others: Readonly<Record<string, Row>> = {
        filename: { ...last, key: 'd.jpg' },
        label: { ...last, label: null },
        label_id: { ...last, labelId: 0 },
        split: { ...last, split: 'test' },
        width: { ...last, meta: { ...meta, oriented: { width: 1, height: 30 } } },
        damaged: { ...last, meta: { ...meta, damaged: 'cut off' } },
        sha256: { ...last, meta: { ...meta, sha256: 'cd'.repeat(32) } },
        augmentation: { ...last, augmentation: [{ step: 'flip', axis: 'x' }] },
        copy: { ...last, copy: 1 },
        note: { ...last, extra: {} },
      };
      for (const [name, other] of Object.entries(others))
        expect(await problemOf(bytes, knobs, [...rows.slice(0, 2), other]), name).toContain(
          `another ${name} in row 2`,
        );
    });

    it('is at fault with other class names or types than the table was to have', async () => {
      const named = await write(rows, knobs, { ...info, classNames: ['cats', 'dogz'] });
      expect(await problemOf(named, knobs)).toBe('holds other class names');
      const fewer = await write(rows, knobs, { ...info, gps: false });
      expect(await problemOf(fewer, knobs)).toContain('has other columns');
      const unnamed = await write(rows, knobs, { ...info, classNames: [] });
      expect(await problemOf(unnamed, knobs)).toContain('columns of other types');
    });

    it('is read in few requests', async () => {
      const many = Array.from({ length: 500 }, (_, i) => makeRow({ key: `${i}.jpg`, copy: i }));
      const reads: number[] = [];
      expect(await problemOf(await write(many, knobs), knobs, many, reads)).toBeNull();
      expect(reads.length).toBeLessThan(15);
    });
  },
);
