/** A colour's red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Reads a recipe's colour like `#ff8000`. */
export function parseColour(text: string): Rgb {
  const number = Number.parseInt(text.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** Gives the grey value of a colour as Pillow's mode `L` has it: ITU-R 601 in 16-bit fixed point (`L24` in `Convert.c`). */
export function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** Gives the grey value of a deep colour: the weights of {@link luma}, which sum up to 1, without the rounding. */
export function deepLuma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471) / 65_536;
}
