import type { Size } from '../core/image';
import type { Huffman } from './jpeg-scan';

/** One component of a frame: its sampling factors and its samples, row by row, padded to whole units. */
export interface JpegPlane {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
  readonly stride: number;
  readonly samples: Uint16Array;
}

/** What a scan is decoded by. */
export interface JpegScan {
  readonly bytes: Uint8Array;
  /** Where its entropy-coded data begin. */
  readonly start: number;
  readonly size: Size;
  readonly bits: number;
  /** Units between restart markers; 0 for none. */
  readonly interval: number;
  /** Units across and down. */
  readonly columns: number;
  readonly rows: number;
  readonly planes: readonly JpegPlane[];
  /** The scan's components, with their tables' numbers. */
  readonly parts: readonly { readonly plane: JpegPlane; readonly dc: number; readonly ac: number }[];
  /** By class and number: 0 to 3 of DC and of lossless differences, 16 to 19 of AC. */
  readonly codes: ReadonlyMap<number, Huffman>;
  readonly quantizations: readonly (Uint16Array | undefined)[];
  /** Of a lossless scan: 1 to 7, and by how many bits samples were shifted down. */
  readonly predictor: number;
  readonly shift: number;
}
