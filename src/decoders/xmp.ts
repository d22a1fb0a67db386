import type { Metadata } from '../core/image';
import type { Privacy } from '../core/privacy';
import { decodeText, plainDate, plainText, position, positiveNumber } from './plain-values';
import { readXmpProperties, type XmpProperties } from './xmp-properties';

/** What an XMP packet says, and what it tells of people and places. */
export interface XmpFacts {
  readonly values: Partial<Metadata>;
  readonly privacy: Privacy;
}

/**
 * Reads an XMP packet (ISO 16684-1, with the properties of the TIFF, EXIF, Dublin Core and Photoshop schemas). A broken
 * packet gives what stands before the damage.
 */
export async function readXmp(packet: Uint8Array): Promise<XmpFacts> {
  const { properties, privacy } = await readXmpProperties(packetText(packet));
  const text = (...names: readonly string[]) =>
    names.map((name) => plainText(joined(properties, name))).find((value) => value !== null) ?? null;
  const number = (...names: readonly string[]) =>
    names.map((name) => positiveNumber(ratio(properties.get(name)?.[0]))).find((value) => value !== null) ??
    null;
  const date = (...names: readonly string[]) =>
    names.map((name) => plainDate(properties.get(name)?.[0])).find((value) => value !== null) ?? null;
  return {
    values: {
      date: date(
        `${exif}DateTimeOriginal`,
        `${photoshop}DateCreated`,
        `${exif}DateTimeDigitized`,
        `${xmp}CreateDate`,
      ),
      make: text(`${tiff}Make`),
      model: text(`${tiff}Model`),
      lens: text(`${exifEx}LensModel`, `${aux}Lens`),
      exposure: number(`${exif}ExposureTime`),
      fNumber: number(`${exif}FNumber`),
      iso: number(`${exifEx}PhotographicSensitivity`, `${exif}ISOSpeedRatings`),
      focalLength: number(`${exif}FocalLength`),
      ...position(
        degrees(properties.get(`${exif}GPSLatitude`)?.[0], 'N', 'S'),
        degrees(properties.get(`${exif}GPSLongitude`)?.[0], 'E', 'W'),
      ),
      artist: text(`${dc}creator`, `${tiff}Artist`),
      copyright: text(`${dc}rights`, `${tiff}Copyright`),
      description: text(`${dc}description`, `${tiff}ImageDescription`),
    },
    privacy,
  };
}

const dc = 'http://purl.org/dc/elements/1.1/';
const xmp = 'http://ns.adobe.com/xap/1.0/';
const tiff = 'http://ns.adobe.com/tiff/1.0/';
const exif = 'http://ns.adobe.com/exif/1.0/';
const exifEx = 'http://cipa.jp/exif/1.0/';
const aux = 'http://ns.adobe.com/exif/1.0/aux/';
const photoshop = 'http://ns.adobe.com/photoshop/1.0/';

/** A packet is UTF-8 nearly always; the marks of UTF-16 are heeded, and zeros behind its end are cut off. */
function packetText(packet: Uint8Array): string {
  const wide = packet[0] === 0xff && packet[1] === 0xfe ? 'utf-16le' : packet[0] === 0xfe && packet[1] === 0xff ? 'utf-16be' : null; // biome-ignore format: one rule
  const text = wide === null ? decodeText(packet) : new TextDecoder(wide).decode(packet);
  return text.slice(0, text.lastIndexOf('>') + 1);
}

function joined(properties: XmpProperties, name: string): string | undefined {
  const values = properties
    .get(name)
    ?.map(plainText)
    .filter((value) => value !== null);
  return values?.join('; ');
}

/** `1/160` or `7.1` as a number; undefined when it is neither. */
function ratio(value: string | undefined): number | undefined {
  const match = /^\s*(\d{1,15}(?:\.\d{1,15})?)(?:\/(\d{1,15}))?\s*$/.exec(value ?? '');
  return match === null ? undefined : Number(match[1]) / Number(match[2] ?? 1);
}

/** `43,28.1019N` or `43,28,6.114N` as degrees; undefined when it is no such position. */
function degrees(value: string | undefined, plus: string, minus: string): number | undefined {
  const match = /^\s*(\d{1,3}),(\d{1,2}(?:\.\d{1,15})?)(?:,(\d{1,2}(?:\.\d{1,15})?))?([NSEW])\s*$/.exec(
    value ?? '',
  );
  if (match === null || (match[4] !== plus && match[4] !== minus)) return undefined;
  const size = Number(match[1]) + Number(match[2]) / 60 + Number(match[3] ?? 0) / 3600;
  return match[4] === plus ? size : -size;
}
