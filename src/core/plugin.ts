import type { z } from 'zod';
import type { Random } from '../base/random';
import type { Outcome } from './failure';
import type { Decoded, Header, ImageFormat, Listed, Raster, Size } from './image';
import type { Plan, Shard } from './plan';
import type { Drawn, PictureType, Row } from './row';
import type { Split } from './split';

/** What every plug-in of every room has. `id` is its file name and its name in a recipe. */
export interface Plugin<K> {
  readonly id: string;
  /** Sentence case, for the form. */
  readonly label: string;
  /** Schema of its knobs, each with a default and `.meta({ label, help })`. */
  readonly knobs: z.ZodType<K>;
}

/** What JSON cannot hold: picked files, handles. Never saved in a recipe. Cloneable. */
export interface Grants {
  /** Files that were picked, dropped or set on an `<input>`, with keys relative to the picked folder. */
  readonly files?: readonly { readonly key: string; readonly file: File }[];
  /** The folder that the directory picker gave. */
  readonly folder?: FileSystemDirectoryHandle;
  /** Where the `directory` target writes. */
  readonly output?: FileSystemDirectoryHandle;
  /** The command line's folder: where the `server` target sends its files. `url` is its origin. */
  readonly server?: { readonly url: string; readonly token: string };
}

export interface Source<K = unknown> extends Plugin<K> {
  /** Streams what it finds, in any order. Throws a RunError `permission` when it may not look. */
  list(knobs: K, grants: Grants, signal: AbortSignal): AsyncIterable<Listed>;
}

/** One file format's reader. */
export interface Decoder {
  readonly id: ImageFormat;
  readonly label: string;
  /** Reads the header; a failure is `truncated` or `corrupt`. Never allocates by what the header claims. */
  readHeader(bytes: Uint8Array): Outcome<Header>;
  /** Says what the container's structure betrays that decoders pass over: cut off, wrong checksum. Null is fine. */
  findDamage(bytes: Uint8Array): Outcome<never> | null;
  /** Decodes to upright RGBA. `reduction` is 1, 2, 4 or 8 and honoured where {@link Decoder.reduces}. */
  decode(
    bytes: Uint8Array,
    header: Header,
    reduction: number,
    orientation: number,
  ): Promise<Outcome<Omit<Decoded, 'meta'>>>;
  /** True when it can decode at 1/2, 1/4 and 1/8. */
  readonly reduces: boolean;
}

/** A rectangle in source pixels; fractions allowed. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A transform with chance. It either chooses the source box (before resampling) or changes pixels (after it). */
export interface Transform<K = unknown> extends Plugin<K> {
  /** Draws this copy's parameters; null means the step does not happen. Draws the same count of numbers always. */
  draw(knobs: K, random: Random): Omit<Drawn, 'step'> | null;
  /** Narrows the source box. `size` is the decoded picture, `wanted` the output. */
  crop?(box: Box, size: Size, wanted: Size, drawn: Drawn, knobs: K): Box;
  /** Changes 8-bit pixels; may write in place and return its argument. */
  apply?(raster: Raster, drawn: Drawn, knobs: K): Raster;
  /** Largest linear enlargement that {@link Transform.crop} can ask for, at least 1. */
  zoom?(knobs: K): number;
}

/** What a format needs each row to carry. */
export interface RowNeeds {
  readonly tensor: boolean;
  readonly picture: boolean;
}

/** What is known of the rows before the first: handed to formats. */
export interface RowsInfo {
  /** Stem of the main files: the recipe's `output.name`. */
  readonly name: string;
  /** The splits that the recipe can give: all three, or `train` alone. */
  readonly splits: readonly Split[];
  /** Output pixels of every row, or null when sizes differ from image to image. */
  readonly size: Size | null;
  /** Tensor shape of every row, or null when sizes differ. */
  readonly shape: readonly [number, number, number] | null;
  /** 1 for grey, 3 for colour. */
  readonly channels: 1 | 3;
  /** Order of {@link RowsInfo.shape}'s axes. */
  readonly layout: 'channels-last' | 'channels-first';
  readonly dtype: 'uint8' | 'float16' | 'float32';
  /** How pictures are encoded. */
  readonly pictureType: PictureType;
  readonly classNames: readonly string[];
  readonly extraColumns: readonly string[];
  /** True when EXIF columns, and among them GPS, are wanted. */
  readonly exif: boolean;
  readonly gps: boolean;
}

export interface Format<K = unknown> extends Plugin<K> {
  /** Ending of its main file, without the dot, or null for a folder of files. */
  readonly extension: string | null;
  needs(knobs: K): RowNeeds;
  /** Why these rows cannot be held, naming the knob to change; null when they can. */
  refuses(info: RowsInfo, knobs: K): string | null;
  /** Begins one shard's files. */
  open(files: ShardFiles, info: RowsInfo, knobs: K, shard: Shard): Promise<Writer>;
  /** Files of the whole dataset, e.g. `class_names.json`; written once, after the last shard. */
  companions?(
    plan: Pick<Plan, 'classNames'>,
    info: RowsInfo,
    knobs: K,
  ): readonly { readonly path: string; readonly text: string }[];
  /** The Python that loads the dataset's files, companions among them, as shown in the results. */
  python(paths: readonly string[], info: RowsInfo, knobs: K): string;
}

/** One open instance of a format: the files of one shard. */
export interface Writer {
  /** Takes the rows in order. Their buffers may be kept until it resolves, not longer. */
  write(rows: readonly Row[]): Promise<void>;
  /** Completes headers and footers. The files are closed by their owner. */
  close(): Promise<void>;
}

/** Hands out a shard's files under names that the plan decides. */
export interface ShardFiles {
  /** Opens `stem.ext`, or `stem-00003-of-00010.ext` when the folder has several shards. */
  create(stem: string, extension: string): Promise<TargetFile>;
  /** Writes and commits one whole file under exactly this path, below the shard's folder (a picture by its label). */
  put(path: string, bytes: Uint8Array): Promise<void>;
}

/** A file being written. What it holds appears under its name only when it is closed. */
export interface TargetFile {
  readonly path: string;
  /** Appends. The buffer may be reused once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Overwrites bytes that were written before, `at` bytes from the start: at least 1, since 0 begins a file. */
  patch(at: number, bytes: Uint8Array): Promise<void>;
}

/** A closed file, as the report lists it. */
export interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A target's file as its owner sees it. */
export interface OwnedFile extends TargetFile {
  /** Commits: the file appears whole, or not at all. */
  close(): Promise<FileRecord>;
  /** Forgets what was written. Never throws. */
  discard(): Promise<void>;
}

/** Where files go. Paths are `/`-separated and already safe. */
export interface TargetFolder {
  create(path: string): Promise<OwnedFile>;
  /** The committed file, or null. */
  read(path: string): Promise<Blob | null>;
  remove(path: string): Promise<void>;
}

export interface Target<K = unknown> extends Plugin<K> {
  /** Opens the folder of this run. Throws a RunError `permission` when it may not write. */
  open(knobs: K, grants: Grants, runId: string): Promise<TargetFolder>;
}

/** A plug-in in a list, where its knobs' type is forgotten: they are what its own schema parsed. */
export type AnyKnobs<P extends Plugin<never>> = Omit<P, 'knobs'> & { readonly knobs: z.ZodType };

/** The rooms' lists, put together by `run/registry.ts`. */
export interface Registry {
  readonly sources: readonly AnyKnobs<Source<never>>[];
  readonly decoders: readonly Decoder[];
  readonly transforms: readonly AnyKnobs<Transform<never>>[];
  readonly formats: readonly AnyKnobs<Format<never>>[];
  readonly targets: readonly AnyKnobs<Target<never>>[];
}
