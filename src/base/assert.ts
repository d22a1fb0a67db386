/** Stops on a bug of our own: throws when `condition` is false. Never used for bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug in Imagemill: ${message}`);
}
