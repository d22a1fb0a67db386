import type { Metadata, MetadataBlocks } from '../core/image';
import { nothingPrivate, type Privacy } from '../core/privacy';
import { readExif } from './exif';
import { readExifDirectories } from './exif-block';
import { exifPrivacy } from './exif-privacy';
import { readIptc } from './iptc';
import { readXmp } from './xmp';

/** Which of a file's metadata the recipe asks for; the rest is looked at for the privacy report alone. */
export interface MetadataWish {
  /** Values at all. */
  readonly values: boolean;
  readonly gps: boolean;
  /** Names of artists. */
  readonly personal: boolean;
}

/**
 * Reads an image's metadata blocks: plain values, each from EXIF, else from XMP, else from IPTC, or null when they say
 * nothing or none are wanted; and what they tell of people and places. Whatever is broken is left out: metadata never
 * fails an image. Of each block the first {@link maxMetadataBytes} are read.
 */
export async function readMetadata(
  blocks: MetadataBlocks,
  wish: MetadataWish,
): Promise<{ readonly metadata: Metadata | null; readonly privacy: Privacy }> {
  const [exif, xmp, iptc] = [blocks.exif, blocks.xmp, blocks.iptc].map(
    (block) => block?.subarray(0, maxMetadataBytes) ?? null,
  );
  const directories = exif === null ? null : readExifDirectories(exif);
  const [exifValues, xmpFacts] = await Promise.all([
    directories === null || !wish.values ? {} : readExif(directories),
    xmp === null ? null : readXmp(xmp),
  ]);
  const iptcFacts = iptc === null ? null : readIptc(iptc);
  const privacies = [
    directories === null ? nothingPrivate : exifPrivacy(directories),
    xmpFacts?.privacy ?? nothingPrivate,
    { ...nothingPrivate, ...iptcFacts?.privacy },
  ];
  const tells = (mark: keyof Privacy) => privacies.some((privacy) => privacy[mark]);
  const privacy = {
    gps: tells('gps'),
    serial: tells('serial'),
    owner: tells('owner'),
    faces: tells('faces'),
  };
  if (!wish.values) return { metadata: null, privacy };
  const merged = merge([exifValues, xmpFacts?.values ?? {}, iptcFacts?.values ?? {}]);
  const metadata: Metadata = {
    ...merged,
    ...(!wish.gps && { latitude: null, longitude: null }),
    ...(!wish.personal && { artist: null }),
  };
  const says = Object.values(metadata).some((value) => value !== null);
  return { metadata: says ? metadata : null, privacy };
}

/**
 * Most bytes of one block that are read, and that a compressed one may unpack to. Cameras write under 64 KB, which JPEG
 * sets as the limit of a segment; editors put megabytes of undo history into XMP, behind what is wanted here. Larger
 * costs time on hostile files (0.3 s a MiB of dense XML); smaller would cut real packets.
 */
export const maxMetadataBytes = 2 ** 20;

function merge(sources: readonly Partial<Metadata>[]): Metadata {
  const first = <Name extends keyof Metadata>(name: Name): Metadata[Name] | null =>
    sources.map((source) => source[name]).find((value) => value !== null && value !== undefined) ?? null;
  return {
    date: first('date'),
    make: first('make'),
    model: first('model'),
    lens: first('lens'),
    exposure: first('exposure'),
    fNumber: first('fNumber'),
    iso: first('iso'),
    focalLength: first('focalLength'),
    // Readers give both or neither, so the two halves are of one source.
    latitude: first('latitude'),
    longitude: first('longitude'),
    artist: first('artist'),
    copyright: first('copyright'),
    description: first('description'),
  };
}
