import type * as Arrow from 'apache-arrow';
import type { RowsInfo, TargetFile } from '../core/plugin';
import { type ArrowLibrary, cellField, tensorField, vectorField } from './arrow-schema';
import { huggingFaceMetadata, imageFeature, listFeature } from './hugging-face';
import { imageName, type ParquetColumn } from './parquet-columns';
import type { Compression, ParquetLibrary } from './parquet-library';
import { type ColumnChunk, tensorElements, writeTensorChunk } from './parquet-tensor';
import type { RowBatch } from './row-batch';
import { vectorsOf } from './vectors';

/** A Parquet file being written. */
export interface ParquetFile {
  /** Writes a row group; `paths` are the pictures' own. No rows are no group. */
  append(batch: RowBatch, paths: readonly string[]): Promise<void>;
  /** Writes the footer. */
  close(): Promise<void>;
}

/** Begins a file; each row group is in the target's hands before the next is taken. */
export async function openParquet(
  library: ParquetLibrary,
  file: TargetFile,
  columns: readonly ParquetColumn[],
  info: RowsInfo,
  image: 'picture' | 'list' | 'tensor' | 'none',
  compression: Compression | null,
): Promise<ParquetFile> {
  const { dtype } = info;
  const shape = image === 'list' || image === 'tensor' ? info.shape : null;
  const perRow = shape === null ? 0 : shape[0] * shape[1] * shape[2];
  const vectors = vectorsOf(info);
  const { bytes, take } = createPieceWriter(library);
  const drain = async () => {
    for (const piece of take()) await file.write(piece);
  };
  const imageElements =
    shape !== null ? tensorElements(imageName, dtype) : image === 'picture' ? pictureElements : [];
  const features = {
    ...(shape !== null
      ? { [imageName]: listFeature(dtype, perRow) }
      : image === 'picture'
        ? { [imageName]: imageFeature }
        : {}),
    ...Object.fromEntries(columns.map(({ name, feature }) => [name, feature])),
    ...Object.fromEntries(vectors.map(({ column, dtype, length }) => [column, listFeature(dtype, length)])),
  };
  const metadata = huggingFaceMetadata(features);
  const writer = new library.ParquetWriter({
    writer: bytes,
    schema: [
      {
        name: 'root',
        num_children: columns.length + vectors.length + (imageElements.length > 0 ? 1 : 0),
      },
      ...imageElements,
      ...columns.map(({ element }) => element),
      ...vectors.flatMap(({ column, dtype }) => tensorElements(column, dtype)),
    ],
    codec: compression?.codec ?? 'UNCOMPRESSED',
    compressors: compression === null ? {} : { [compression.codec]: compression.compress },
    kvMetadata: [
      { key: 'huggingface', value: metadata },
      ...(shape === null && vectors.length === 0
        ? []
        : [{ key: 'ARROW:schema', value: await arrowSchema(columns, info, image, metadata) }]),
    ],
    createdBy: 'imagemill',
  });
  return {
    async append(batch, paths) {
      if (batch.rows === 0) return;
      const before = bytes.offset;
      const tensor =
        shape === null
          ? null
          : writeTensorChunk(library, bytes, imageName, batch.images, perRow, dtype, compression);
      const tensorBytes = bytes.offset - before;
      await writer.write({
        rowGroupSize: batch.rows,
        columnData: [
          ...(image === 'picture' ? [pictureData(batch, paths)] : []),
          ...columns.map((column, i) => ({ name: column.name, data: column.data(batch.cells[i]) })),
        ],
      });
      const group = writer.row_groups[writer.row_groups.length - 1];
      const count = (chunk: ColumnChunk, chunkBytes: number) => {
        group.total_byte_size += chunk.meta_data?.total_uncompressed_size ?? 0n;
        group.total_compressed_size = (group.total_compressed_size ?? 0n) + BigInt(chunkBytes);
      };
      if (tensor !== null) {
        group.columns.unshift(tensor);
        count(tensor, tensorBytes);
      }
      for (const [i, { column, length, dtype }] of vectors.entries()) {
        const start = bytes.offset;
        const chunk = writeTensorChunk(library, bytes, column, batch.vectors[i], length, dtype, compression);
        group.columns.push(chunk);
        count(chunk, bytes.offset - start);
      }
      await drain();
    },
    async close() {
      await writer.finish();
      await drain();
    },
  };
}

/**
 * Gathers a row group as pieces: pages, which the library has finished, stay where they are. Its own writer would copy
 * them into one buffer, and that into a larger one, again and again.
 */
function createPieceWriter({ ByteWriter }: ParquetLibrary) {
  let pieces: Uint8Array[] = [];
  const bytes = new (class extends ByteWriter {
    override appendBytes(page: Uint8Array) {
      if (page.length < pieceBytes) {
        super.appendBytes(page);
        return;
      }
      seal();
      pieces.push(page);
      this.offset += page.length;
    }
  })(2 * pieceBytes);
  const seal = () => {
    if (bytes.index > 0) pieces.push(bytes.getBytes().slice());
    bytes.index = 0;
  };
  return {
    bytes,
    /** What was written since the last time. */
    take() {
      seal();
      const ready = pieces;
      pieces = [];
      return ready;
    },
  };
}

/** Smaller pieces than this are dearer to keep apart than to copy. */
const pieceBytes = 32 * 1024;

/** `struct<bytes: binary, path: string>`, as Hugging Face's Image is stored (datasets `features/image.py`). */
const pictureElements: ConstructorParameters<ParquetLibrary['ParquetWriter']>[0]['schema'] = [
  { name: imageName, repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  {
    name: 'path',
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: 'OPTIONAL',
  },
];

/** Neither a dictionary nor statistics: no two pictures are the same, and none is the smallest. */
function pictureData({ images, ends }: RowBatch, paths: readonly string[]) {
  const data = ends.map((end, i) => ({
    bytes: images.subarray(i === 0 ? 0 : ends[i - 1], end),
    path: paths[i],
  }));
  return { name: imageName, data, encoding: 'PLAIN', codec: 'UNCOMPRESSED', statistics: false } as const;
}

/**
 * The Arrow schema that pyarrow gives the table back with: without it a tensor or a vector would be a list of any length. Named
 * as an Arrow tensor it has its shape; but the datasets library (5.0) refuses a file with a type that it does not know.
 */
async function arrowSchema(
  columns: readonly ParquetColumn[],
  info: RowsInfo,
  image: 'picture' | 'list' | 'tensor' | 'none',
  metadata: string,
): Promise<string> {
  const arrow = await import('apache-arrow');
  const fields = [
    ...imageFields(arrow, info, image),
    ...columns.map(({ name, kind }) => cellField(arrow, { name, kind }).clone({ nullable: true })),
    ...vectorsOf(info).map((each) => vectorField(arrow, each).clone({ nullable: true })),
  ];
  const schema = new arrow.Schema(fields, new Map([['huggingface', metadata]]));
  const bytes = new arrow.RecordBatchStreamWriter().reset(undefined, schema).finish().toUint8Array(true);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function imageFields(
  arrow: ArrowLibrary,
  info: RowsInfo,
  image: 'picture' | 'list' | 'tensor' | 'none',
): readonly Arrow.Field[] {
  if (image === 'picture') {
    const parts = [
      new arrow.Field('bytes', new arrow.Binary(), true),
      new arrow.Field('path', new arrow.Utf8(), true),
    ];
    return [new arrow.Field(imageName, new arrow.Struct(parts), true)];
  }
  if (image === 'none' || info.shape === null) return [];
  const tensor = tensorField(arrow, imageName, info.shape, info);
  return [tensor.clone({ nullable: true, metadata: image === 'tensor' ? tensor.metadata : new Map() })];
}
