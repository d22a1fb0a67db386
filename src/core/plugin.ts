import type { z } from 'zod';
import type { Random } from '../base/random';
import type { Outcome } from './failure';
import type { Pass } from './gpu';
import type { DecodedFrame, Header, ImageFormat, ImageRef, Listed, Pixels, Size } from './image';
import type { ImageKnobs } from './knobs';
import type { Plan, Shard } from './plan';
import type { DecodeKnobs } from './reading-knobs';
import type { Drawn, PictureType, Row } from './row';
import type { Split } from './split';
import type { FetchProxy } from './through-proxy';

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
  /** What several sources gave, under the keys that they have together: the `files` source hands it on. */
  readonly listed?: {
    readonly images: readonly ImageRef[];
    readonly tables: readonly { readonly key: string; readonly file: Blob }[];
  };
  /**
   * What opens the recipe's bucket, as it was given and without `?`: an Azure SAS, or the query of a presigned listing. A
   * secret: it is kept nowhere.
   */
  readonly bucket?: { readonly query: string };
  /** Who fetches in the page's stead: the command line's server, where it is told to. */
  readonly proxy?: FetchProxy;
  /** The folder that the directory picker gave. */
  readonly folder?: FileSystemDirectoryHandle;
  /** Lists of links, as they were pasted or picked: they may hold secrets, and are kept nowhere. */
  readonly lists?: readonly { readonly name: string; readonly file: Blob }[];
  /** Links that came later, in the place of those to the same path in {@link Grants.lists}. */
  readonly freshLists?: Grants['lists'];
  /** What a person decided of images without a label: their keys with their labels. */
  readonly decisions?: readonly (readonly [key: string, label: string])[];
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
  /**
   * Counts the frames of a format whose header does not tell them: called once, where {@link Decoder.decode} may run, of a file
   * that has no damage. Without it `header.frames` is right.
   */
  countFrames?(bytes: Uint8Array, header: Header): Promise<Outcome<number>>;
  /** Decodes the frames that are asked for to upright RGBA. */
  decode(
    bytes: Uint8Array,
    header: Header,
    request: DecodeRequest,
  ): Promise<Outcome<readonly DecodedFrame[]>>;
  /**
   * Gives what can be recovered of a file that {@link Decoder.findDamage} or {@link Decoder.decode} called `truncated` or
   * `corrupt`: the wanted frames as far as they go, the rest transparent. Fails when there is not one pixel. A decoder
   * without it has no damaged files, only corrupt ones.
   */
  recover?(
    bytes: Uint8Array,
    header: Header,
    request: DecodeRequest,
  ): Promise<Outcome<readonly DecodedFrame[]>>;
  /**
   * How it can decode at 1/2, 1/4 and 1/8: `scaled` by the format itself, before pixels are made, `averaged` by the mean of
   * each block of opaque pixels of 8 or 16 bits, which it may still decline by giving every pixel.
   */
  readonly reduces: false | 'scaled' | 'averaged';
  /**
   * True when this file wants a codec of our own: it is then decoded in codec workers only, which start when such a file
   * is met, have a deadline and a memory ceiling, and end when idle.
   */
  heavy(bytes: Uint8Array, header: Header): boolean;
}

/** What is asked of a decoder beside the bytes and their header. */
export interface DecodeRequest {
  /** 1, 2, 4 or 8; more than 1 only where {@link Decoder.reduces}. */
  readonly reduction: number;
  /** 1 to 8: how stored pixels are turned upright; a decoder that turns by itself heeds it as well. */
  readonly orientation: number;
  /** Least upright size below which a reduced decode must not fall; null asks for every pixel. */
  readonly wanted: Size | null;
  /** Positions of the wanted frames or pages, ascending, all below `header.frames`. */
  readonly frames: readonly number[];
  /** True when more than 8 bits are wanted where the file has them. */
  readonly deep: boolean;
  /** Memory that may be used for the pixels when it is large enough: fresh memory costs as much as a copy. */
  readonly spare?: ArrayBuffer | undefined;
  /** Most bytes that one block of metadata (a profile, a text) may have once it is unpacked. */
  readonly maxMetadataBytes: number;
  /**
   * What becomes of samples of more than 8 bits: a decoder hands it to `scaleSamples`, which knows. Of `percentile` and
   * `min-max` the rest is done for all decoders alike, after them.
   */
  readonly range: DecodeKnobs['range'];
  /** `srgb` wants embedded profiles converted; `as-stored` wants the file's own numbers. */
  readonly colour: DecodeKnobs['colour'];
}

/** A rectangle in source pixels; fractions allowed. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The picture that a step on the GPU gets. */
export interface PassPicture extends Size {
  readonly channels: 1 | 3;
}

/** A transform with chance. It either chooses the source box (before resampling) or changes pixels (after it). */
export interface Transform<K = unknown> extends Plugin<K> {
  /** Draws this copy's parameters; null means the step does not happen. Draws the same count of numbers always. */
  draw(knobs: K, random: Random): Omit<Drawn, 'step'> | null;
  /** Narrows the source box. `size` is the decoded picture, `wanted` the output. */
  crop?(box: Box, size: Size, wanted: Size, drawn: Drawn, knobs: K): Box;
  /** Changes pixels of one or three channels, 8-bit or deep, to others of the same kind; may write in place and return its argument. */
  apply?<P extends Pixels>(raster: P, drawn: Drawn, knobs: K): P;
  /**
   * What {@link Transform.apply} does to an 8-bit picture of this size, for the GPU: exact where it moves or looks up, else at most 1
   * off. Null, or no such method, where only the CPU can.
   */
  passes?(drawn: Drawn, picture: PassPicture, knobs: K): readonly Pass[] | null;
  /**
   * Mixes in a partner, another picture of the shard as far as its own copy of this number has come, of the same size and
   * kind. May write in place and return its argument. `weight`, above 0 and at most 1, is what is left of the picture
   * itself: the share that its label keeps.
   */
  mix?<P extends Pixels>(
    raster: P,
    partner: P,
    drawn: Drawn,
    knobs: K,
  ): { readonly raster: P; readonly weight: number };
  /** Largest linear enlargement that {@link Transform.crop} can ask for, at least 1. */
  zoom?(knobs: K): number;
  /** Why the step cannot be done in a recipe with these other knobs, naming the one to change; null when it can. */
  refuses?(knobs: K, beside: { readonly image: ImageKnobs; readonly decode: DecodeKnobs }): string | null;
}

/**
 * A model or a measure: what it sees in a row's picture becomes columns. It sees the row's own picture: for a plain row the
 * decoded one, upright, flattened and in the recipe's colours, at its own size, so that the extractor's own resize is the only
 * one; for an augmented copy the copy, at the recipe's size.
 */
export interface Extractor<K = unknown> extends Plugin<K> {
  /** What it yields for every row, at least one; their names are no other extractor's. */
  columns(knobs: K): readonly ExtractedColumn[];
  /** What it resizes pictures to: decodes at a reduced scale keep twice as much. */
  inputSize(knobs: K): Size;
  /** Why it cannot be had here, with the way out, like weights that are not installed; null when it can. Asked before a run. */
  missing?(knobs: K): Promise<string | null>;
  /**
   * Makes it ready, in a compute worker. Throws a RunError `features` that names what is wrong (a checksum, a shape) and the
   * way out.
   */
  load(knobs: K, tools: ExtractorTools): Promise<LoadedExtractor>;
}

/** An extractor in a worker, with what it holds. */
export interface LoadedExtractor {
  /**
   * Gives each picture's values in the order of {@link Extractor.columns}. Pictures have one, three or four channels, of which
   * the fourth does not count, 8 bits or deep; they are not the extractor's to change. Throws a RunError when it can do no more.
   */
  extract(pictures: readonly Pixels[]): Promise<readonly (readonly ExtractedValue[])[]>;
  dispose(): void;
}

/** What extractors are given, since a room knows no other room. */
export interface ExtractorTools {
  /** Resamples a box as Pillow does, antialiased: four channels become three, one and three stay. */
  resample(picture: Pixels, box: Box, size: Size, filter: ImageKnobs['filter']): Pixels;
}

/** A column that an extractor yields; `name` is of small letters, digits and `_`, and begins with a letter. */
export type ExtractedColumn =
  /** `length` numbers; formats put `features_` before its name, or lay it in a group of that name. */
  | { readonly kind: 'vector'; readonly name: string; readonly length: number }
  /** One text or number a row, under this very name: a proposed label and its score. */
  | { readonly kind: 'text' | 'number'; readonly name: string };

/** A vector in float32, or a text or number; null where there is none. */
export type ExtractedValue = Float32Array | string | number | null;

/** A column as formats see it: of a vector with the type of its numbers. */
export type FeatureColumn = VectorColumn | Exclude<ExtractedColumn, { readonly kind: 'vector' }>;

export interface VectorColumn {
  readonly kind: 'vector';
  readonly name: string;
  readonly length: number;
  readonly dtype: FeatureDtype;
}

export type FeatureDtype = 'float32' | 'float16';

/** What a format needs each row to carry. */
export interface RowNeeds {
  readonly tensor: boolean;
  readonly picture: boolean;
}

/** What is known of the rows before the first: handed to formats. */
export interface RowsInfo {
  /** Stem of the main files: the recipe's `output.name`. */
  readonly name: string;
  /** Ids of the run's formats: those whose files would be taken for one another's can say so. */
  readonly formats: readonly string[];
  /** True when each split's files lie apart. */
  readonly bySplit: boolean;
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
  /** True when rows may have several labels with weights: a step mixes pictures, and there are labels. */
  readonly softLabels: boolean;
  readonly extraColumns: readonly string[];
  /** What the extractors yield, in the order of every row's `features`. */
  readonly features: readonly FeatureColumn[];
  /** True when EXIF columns, and among them GPS and artists' names, are wanted. */
  readonly exif: boolean;
  readonly gps: boolean;
  readonly personal: boolean;
  /** How pixels of 0 to 255 became the tensor's values. */
  readonly normalisation: Normalisation;
  /** JSON of the recipe as far as it decides the files' bytes: where images come from and files go is not in it. */
  readonly recipe: string;
}

/** What a person must know to undo or repeat the normalisation: `value = (pixel - mean) / std` in each channel. */
export interface Normalisation {
  /** The recipe's `normalise.values`. */
  readonly values: string;
  /** Order of the channels: `RGB`, `BGR` or `L` (grey). */
  readonly channels: 'RGB' | 'BGR' | 'L';
  /** On the scale of 0 to 255, in the channels' order; null when each image has its own. */
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
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
  /**
   * Puts files of the whole dataset together from those that its shards created, in the shards' order, after the last;
   * what it creates is closed by its owner.
   */
  assemble?(
    files: readonly CommittedFile[],
    create: (path: string) => Promise<TargetFile>,
    info: RowsInfo,
    knobs: K,
  ): Promise<void>;
  /**
   * Reads a shard's committed files back and says what is wrong with one: count, shape, and the values of sampled rows
   * against what lies there, not against what was meant. Null when they are as they should be. Sizes are checked before.
   * A format without it has every byte of its files hashed again.
   */
  verify?(
    files: readonly CommittedFile[],
    written: WrittenRows,
    info: RowsInfo,
    knobs: K,
    shard: Shard,
  ): Promise<Fault | null>;
  /** What a row holds in its files, for the machine-readable card; without it the card tells of the files alone. */
  fields?(info: RowsInfo, knobs: K): readonly Field[];
  /** The Python that loads the dataset's files, companions among them, as shown in the results. */
  python(paths: readonly string[], info: RowsInfo, knobs: K): string;
}

/** A column of a table, `numbers` a list in each row, or `image`: the content of pictures that are files of their own or members of a tar. */
export interface Field {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'numbers' | 'image';
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
  /** Opens `stem.ext`, or `stem-00003-of-00010.ext` when the folder has several shards; by split, below `train/`. */
  create(stem: string, extension: string): Promise<TargetFile>;
  /**
   * Opens the one file that holds a whole shard, as {@link ShardFiles.create} does; by split, it bears the split's name
   * instead of lying in its folder: `train.ext`, `train-00003-of-00010.ext`, behind a name of the dataset's own.
   */
  createOne(stem: string, extension: string): Promise<TargetFile>;
  /** Writes and commits whole files under exactly these paths, below the shard's folder (pictures by their labels). */
  putAll(files: readonly WholeFile[]): Promise<void>;
}

/** A file that is small enough to be written at once. */
export interface WholeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A file being written. What it holds appears under its name only when it is closed. */
export interface TargetFile {
  readonly path: string;
  /** Appends. The buffer may be reused once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Overwrites bytes that were written before, `at` bytes from the start; the first byte cannot be overwritten. */
  patch(at: number, bytes: Uint8Array): Promise<void>;
}

/** A closed file, as the report lists it. */
export interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A file as it lies in the target. */
export interface StoredFile {
  readonly bytes: number;
  /** The bytes `[start, end)`, fewer where the file ends. On the command line each call is a request: ask for few. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A committed file on its way through {@link Format.verify}. */
export interface CommittedFile extends FileRecord, StoredFile {}

/** What a shard's files must hold, as the rows were seen to pass. */
export interface WrittenRows {
  readonly count: number;
  /** The first, the last and a few between, in order, each with its place among the shard's rows. */
  readonly sample: readonly { readonly at: number; readonly row: Row }[];
}

/** A committed file that is not what was written. */
export interface Fault {
  readonly path: string;
  /** Goes on after the file's name: `holds 12 rows instead of 13`. */
  readonly problem: string;
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
  /**
   * Writes and commits many small files, in the order given, where that is cheaper together. When it throws, those that it
   * had committed are gone again, and older files of the others' names are as they were.
   */
  putAll?(files: readonly WholeFile[]): Promise<readonly FileRecord[]>;
  /** The committed file, or null. */
  read(path: string): Promise<Blob | null>;
  /** The committed file for a look at parts of it, or null: does not read it whole. */
  look(path: string): Promise<StoredFile | null>;
  /** Paths of the committed files below a folder, in any order; of a missing one none. */
  list(path: string): Promise<readonly string[]>;
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
  readonly transforms: readonly AnyKnobs<Transform<never>>[];
  readonly extractors: readonly AnyKnobs<Extractor<never>>[];
  readonly formats: readonly AnyKnobs<Format<never>>[];
  readonly targets: readonly AnyKnobs<Target<never>>[];
}
