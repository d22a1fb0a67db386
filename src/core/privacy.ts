/** What an image file tells of people and places beside its pixels: whether it does, never what. */
export interface Privacy {
  /** A position: EXIF's or XMP's latitude or longitude. */
  readonly gps: boolean;
  /** The serial number of a camera or a lens, with which photographs can be traced to one owner. */
  readonly serial: boolean;
  /** The name of an owner, a photographer or a person in the picture. */
  readonly owner: boolean;
  /** Rectangles around faces. */
  readonly faces: boolean;
}

/** Numbers of images by what their files tell. */
export type PrivacyCounts = Readonly<Record<keyof Privacy, number>>;

/** The marks in the order in which they are told. */
export const privacyMarks = ['gps', 'serial', 'owner', 'faces'] as const satisfies readonly (keyof Privacy)[];

/** A file that tells nothing. */
export const nothingPrivate: Privacy = { gps: false, serial: false, owner: false, faces: false };
