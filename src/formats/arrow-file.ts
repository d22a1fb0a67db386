import type { Schema } from 'apache-arrow';
import type { TargetFile } from '../core/plugin';
import type { ArrowColumn } from './arrow-columns';
import type { ArrowLibrary } from './arrow-schema';
import type { RowBatch } from './row-batch';

/** An Arrow IPC file or stream being written. */
export interface ArrowFile {
  append(batch: RowBatch): Promise<void>;
  /** Writes the footer. */
  close(): Promise<void>;
}

/** Begins a file of record batches; each batch is in the target's hands before the next is taken. */
export function openArrowFile(
  arrow: ArrowLibrary,
  file: TargetFile,
  columns: readonly ArrowColumn[],
  container: 'file' | 'stream',
): ArrowFile {
  const schema = new arrow.Schema(columns.map(({ field }) => field));
  const type = new arrow.Struct(schema.fields);
  let pieces: Uint8Array[] = [];
  // In place of the library's queue, which would keep everything until it is read.
  const sink = new (class extends arrow.AsyncByteQueue {
    override write(piece: Uint8Array) {
      if (piece.byteLength > 0) pieces.push(piece);
    }
  })();
  // The format has a whole stream in a file (Columnar.rst, IPC File Format), for readers that read from the beginning; the
  // library leaves its schema out.
  const FileWriter = class extends arrow.RecordBatchFileWriter {
    protected override _writeSchema(schema: Schema) {
      super._writeSchema(schema);
      return this._writeMessage(arrow.Message.from(schema));
    }
  };
  const writer = container === 'file' ? new FileWriter() : new arrow.RecordBatchStreamWriter();
  writer.reset(sink, schema);
  const drain = async () => {
    const ready = pieces;
    pieces = [];
    for (const piece of ready) await file.write(piece);
  };
  return {
    async append(batch) {
      const children = columns.map((column) => column.data(batch));
      const data = arrow.makeData({ type, length: batch.rows, nullCount: 0, children });
      writer.write(new arrow.RecordBatch(schema, data));
      await drain();
    },
    async close() {
      writer.finish();
      await drain();
    },
  };
}
