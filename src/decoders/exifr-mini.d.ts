// exifr's types cover its main entry only; this is the one function that exif.ts takes from the smallest build.
declare module 'exifr/dist/mini.esm.mjs' {
  export function parse(input: Uint8Array, options: object): Promise<unknown>;
}
