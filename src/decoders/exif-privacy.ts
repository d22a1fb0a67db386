import type { Privacy } from '../core/privacy';
import { type ExifDirectories, makerNoteTag } from './exif-block';
import { readMakerNote } from './maker-note';
import { isFilled } from './tiff-directory';

/** Says what an EXIF block tells of people and places; faces are no matter of EXIF. */
export function exifPrivacy({ tiff, main, photo, place }: ExifDirectories): Privacy {
  const note = readMakerNote(tiff, photo.get(makerNoteTag));
  // Tags stand in either directory: DNG keeps the serial number in the main one, and some editors move the others.
  const tells = (tag: number) => isFilled(tiff, main.get(tag)) || isFilled(tiff, photo.get(tag));
  return {
    gps: positionTags.some((tag) => isFilled(tiff, place.get(tag))),
    serial: note.serial || serialTags.some(tells),
    owner: note.owner || ownerTags.some(tells),
    faces: false,
  };
}

/** GPSLatitude, GPSLongitude, and the same of a destination. */
const positionTags = [0x0002, 0x0004, 0x0014, 0x0016];

/** BodySerialNumber, LensSerialNumber, CameraSerialNumber. */
const serialTags = [0xa431, 0xa435, 0xc62f];

/** Artist, XPAuthor, CameraOwnerName, Photographer, ImageEditor. */
const ownerTags = [0x013b, 0x9c9d, 0xa430, 0xa437, 0xa438];
