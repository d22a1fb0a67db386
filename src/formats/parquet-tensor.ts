import type { ParquetWriter } from 'hyparquet-writer';
import type { Dtype } from '../core/row';
import { dtypeBytes } from '../core/row';
import type { Compression, ParquetLibrary } from './parquet-library';

/** The metadata of a column's chunk in a row group. */
export type ColumnChunk = ParquetWriter['row_groups'][number]['columns'][number];
type SchemaElement = ParquetWriter['schema'][number];

/**
 * The elements of a list: three levels, as Parquet's LogicalTypes.md has lists, and all optional, as pyarrow writes them and
 * must find them to give a tensor back.
 */
export function tensorElements(name: string, dtype: Dtype): SchemaElement[] {
  return [
    {
      name,
      repetition_type: 'OPTIONAL',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', ...valueElement[dtype] },
  ];
}

const valueElement: Readonly<Record<Dtype, Omit<SchemaElement, 'name'>>> = {
  uint8: { type: 'INT32', converted_type: 'UINT_8' }, // its logical type, which is the same, the library writes wrongly
  float16: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
  float32: { type: 'FLOAT' },
};

/**
 * Writes one row group's tensors, a list of `perRow` values a row, and gives the chunk's metadata.
 *
 * A list writer that looks at each of a picture's 150,000 values takes 3 to 120 ms a picture, so the pages are laid out
 * here from what is known: every list is full, so the levels are runs, and the values are already as they must lie.
 * Bytes, which Parquet would store as 32-bit integers, are their own indexes into a dictionary of 0 to 255.
 * Pixels hardly shrink: where compressing the first page saves too little, the chunk is left as it is.
 */
export function writeTensorChunk(
  library: ParquetLibrary,
  writer: ParquetWriter['writer'],
  name: string,
  values: Uint8Array,
  perRow: number,
  dtype: Dtype,
  compression: Compression | null,
): ColumnChunk {
  const start = writer.offset;
  const bytesPerRow = perRow * dtypeBytes[dtype];
  const rowsPerPage = Math.max(1, Math.floor(pageBytes / bytesPerRow));
  const rows = values.length / bytesPerRow;
  const pageOf = (row: number) => {
    const raw = values.subarray(row * bytesPerRow, Math.min(rows, row + rowsPerPage) * bytesPerRow);
    return dtype === 'uint8' ? asIndexes(library, raw) : raw;
  };
  const first = pageOf(0);
  const worth =
    compression !== null && compression.compress(first).length < first.length * worthwhile
      ? compression
      : null;
  let uncompressed = dtype === 'uint8' ? writeByteDictionary(library, writer, worth) : 0;
  const dataStart = writer.offset;
  for (let row = 0; row < rows; row += rowsPerPage) {
    const count = Math.min(rowsPerPage, rows - row);
    const levels = levelsOf(library, count, perRow);
    const page = pageOf(row);
    const packed = worth?.compress(page) ?? page;
    const before = writer.offset;
    library.writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.repetition.length + levels.definition.length + page.length,
      compressed_page_size: levels.repetition.length + levels.definition.length + packed.length,
      data_page_header_v2: {
        num_values: count * perRow,
        num_nulls: 0,
        num_rows: count,
        encoding: dtype === 'uint8' ? 'RLE_DICTIONARY' : 'PLAIN',
        definition_levels_byte_length: levels.definition.length,
        repetition_levels_byte_length: levels.repetition.length,
        is_compressed: worth !== null,
      },
    });
    uncompressed +=
      writer.offset - before + levels.repetition.length + levels.definition.length + page.length;
    for (const bytes of [levels.repetition, levels.definition, packed]) writer.appendBytes(bytes);
  }
  return {
    file_offset: BigInt(start),
    meta_data: {
      type: valueElement[dtype].type ?? 'FLOAT',
      encodings: dtype === 'uint8' ? ['PLAIN', 'RLE_DICTIONARY', 'RLE'] : ['PLAIN', 'RLE'],
      path_in_schema: [name, 'list', 'element'],
      codec: worth?.codec ?? 'UNCOMPRESSED',
      num_values: BigInt(rows * perRow),
      total_compressed_size: BigInt(writer.offset - start),
      total_uncompressed_size: BigInt(uncompressed),
      data_page_offset: BigInt(dataStart),
      ...(dtype === 'uint8' ? { dictionary_page_offset: BigInt(start) } : {}),
    },
  };
}

/** As Parquet's writers have it: larger pages cost readers memory, smaller ones headers. A row is never cut. */
const pageBytes = 2 ** 20;

/** Below this share of the page, compressing pays for the reader's time. */
const worthwhile = 0.95;

/** The numbers 0 to 255; gives the page's size before compressing. */
function writeByteDictionary(
  library: ParquetLibrary,
  writer: ParquetWriter['writer'],
  compression: Compression | null,
): number {
  const start = writer.offset;
  const page = new library.ByteWriter(1024);
  for (let value = 0; value < 256; value++) page.appendInt32(value);
  const packed = compression?.compress(page.getBytes()) ?? page.getBytes();
  library.writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: page.offset,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: 256, encoding: 'PLAIN' },
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(packed);
  return headerBytes + page.offset;
}

/** Indexes of 8 bits, as one bit-packed run (Encodings.md, RLE / bit-packing hybrid): the bytes themselves. */
function asIndexes(library: ParquetLibrary, bytes: Uint8Array): Uint8Array {
  const groups = Math.ceil(bytes.length / 8);
  const page = new library.ByteWriter(bytes.length + 16);
  page.appendUint8(8);
  page.appendVarInt((groups << 1) | 1);
  page.appendBytes(bytes);
  page.appendBytes(new Uint8Array(groups * 8 - bytes.length));
  return page.getBytes();
}

/** Every row is one new list (repetition 0, then 1) and every value is there (definition 3, of 2 bits). */
function levelsOf(library: ParquetLibrary, rows: number, perRow: number) {
  const repetition = new library.ByteWriter();
  if (perRow < 16) {
    const levels = Array.from({ length: rows * perRow }, (_, i) => (i % perRow === 0 ? 0 : 1));
    library.writeRleBitPackedHybrid(repetition, levels, 1);
  } else {
    for (let row = 0; row < rows; row++) {
      repetition.appendVarInt((1 << 1) | 1); // one group of eight levels, bit-packed: 0 and seven times 1
      repetition.appendUint8(0b1111_1110);
      repetition.appendVarInt((perRow - 8) << 1); // the rest as a run of 1
      repetition.appendUint8(1);
    }
  }
  const definition = new library.ByteWriter();
  definition.appendVarInt((rows * perRow) << 1);
  definition.appendUint8(3);
  return { repetition: repetition.getBytes(), definition: definition.getBytes() };
}
