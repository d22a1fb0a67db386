import { z } from 'zod';
import { colour, knob } from './knobs';

/** How links are fetched. */
export const fetchKnobs = z.strictObject({
  per_host: knob(z.int().min(1).max(64), 8, {
    label: 'At once, per host',
    advanced: true,
    help: 'Links of one host that are fetched at once.',
  }),
  overall: knob(z.int().min(1).max(256), 48, {
    label: 'At once, in all',
    advanced: true,
    help: 'Links that are fetched at once.',
  }),
  tries: knob(z.int().min(1).max(10), 4, {
    label: 'Tries',
    advanced: true,
    help: 'How often a link is asked for when the network or the server fails; a refusal is final.',
  }),
  connect_s: knob(z.number().min(0.1).max(600), 30, {
    label: 'Wait for an answer',
    unit: 's',
    advanced: true,
    help: 'A server that says nothing for so long is given up.',
  }),
  stall_s: knob(z.number().min(0.1).max(600), 20, {
    label: 'Wait for more',
    unit: 's',
    advanced: true,
    help: 'An answer in which nothing comes for so long is given up.',
  }),
  total_s: knob(z.number().min(1).max(3600), 300, {
    label: 'Wait in all',
    unit: 's',
    advanced: true,
    help: 'An image that has not come whole after so long is given up.',
  }),
  robots: knob(z.enum(['heed', 'ignore']), 'heed', {
    label: 'X-Robots-Tag',
    advanced: true,
    help: 'heed leaves out what a server marks noai, noimageai, noindex or noimageindex, where it lets pages read that.',
  }),
});

export type FetchKnobs = Readonly<z.output<typeof fetchKnobs>>;

/** How files become pixels. */
export const decodeKnobs = z.strictObject({
  mode: knob(z.enum(['fast', 'exact']), 'fast', {
    label: 'Decode',
    flag: 'decode',
    help: 'fast decodes JPEGs and JPEG 2000s, and opaque TIFFs, JPEG XLs and 16-bit PNGs for uint8 output, at 1/2, 1/4 or 1/8, keeping twice the wanted size; exact decodes every pixel.',
  }),
  background: knob(colour, '#ffffff', {
    label: 'Background',
    help: 'Colour behind transparent pixels.',
    advanced: true,
  }),
  frames: knob(z.enum(['first', 'middle', 'every']), 'first', {
    label: 'Frames',
    help: 'Of animations and files of several pages: the first, the middle one, or every one as a row of its own.',
  }),
  frame_step: knob(z.int().min(1).max(100_000), 1, {
    label: 'Every n-th',
    unit: 'frames',
    when: { 'decode.frames': ['every'] },
    help: '1 takes every frame, 5 the first of every five.',
  }),
  damaged: knob(z.enum(['skip', 'keep']), 'skip', {
    label: 'Damaged images',
    help: 'skip names them; keep takes what can be recovered, the rest in the background’s colour, and fills the column damaged.',
  }),
  // Its flag is not its name: `--colour` has long meant rgb or grey.
  colour: knob(z.enum(['srgb', 'as-stored']), 'srgb', {
    label: 'Colour space',
    flag: 'colour_space',
    help: 'srgb converts embedded colour profiles; as-stored keeps the numbers of the file.',
  }),
  range: knob(z.enum(['type', 'percentile', 'min-max', 'stored']), 'type', {
    label: 'Range',
    help: 'What becomes 0 and 255. type: the sample type’s full scale; percentile: each image’s 1st and 99th; min-max; stored: nothing is scaled.',
  }),
  exif: knob(z.boolean(), true, {
    label: 'EXIF columns',
    help: 'Write date, camera, lens, exposure, copyright and description, from EXIF, XMP or IPTC.',
  }),
  gps: knob(z.boolean(), false, {
    label: 'GPS columns',
    help: 'Write latitude and longitude too. Off for privacy.',
  }),
  // A copyright notice is written to be passed on with the picture; an artist's or owner's name is personal data that
  // a training set rarely needs. Serial numbers, which tie photographs to one owner, are never written to a table.
  personal: knob(z.boolean(), false, {
    label: 'Artist column',
    help: 'Write the name of the artist or photographer too. Off for privacy.',
  }),
  max_megabytes: knob(z.number().positive().max(4096), 256, {
    label: 'Largest file',
    unit: 'MB',
    advanced: true,
    help: 'A larger file is skipped and named.',
  }),
  max_megapixels: knob(z.number().positive().max(1000), 200, {
    label: 'Largest image',
    unit: 'MP',
    advanced: true,
    help: 'An image whose header declares more is skipped before it is decoded.',
  }),
  max_frames: knob(z.int().min(1).max(1_000_000), 1000, {
    label: 'Most frames',
    unit: 'frames',
    advanced: true,
    when: { 'decode.frames': ['every'] },
    help: 'A file that would give more rows than this is skipped and named.',
  }),
  max_decoded_megabytes: knob(z.number().positive().max(8192), 1024, {
    label: 'Largest decoded',
    unit: 'MB',
    advanced: true,
    help: 'An image whose pixels, of all its frames together, would take more memory is skipped before it is decoded.',
  }),
  max_metadata_megabytes: knob(z.number().positive().max(256), 16, {
    label: 'Largest metadata',
    unit: 'MB',
    advanced: true,
    help: 'An image with a larger block of metadata, once unpacked, is skipped.',
  }),
  timeout_s: knob(z.number().min(1).max(3600), 60, {
    label: 'Deadline',
    unit: 's',
    advanced: true,
    help: 'An image that takes longer to decode, or for each of its rows, is skipped and its worker replaced.',
  }),
});

export type DecodeKnobs = Readonly<z.output<typeof decodeKnobs>>;
