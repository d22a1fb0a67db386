/** Stops on a bug of our own: throws a {@link Bug} when `condition` is false. Never used for bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(`Bug in Imagemill: ${message}`);
}

/** What {@link assert} throws, for those who must tell it from what bad input throws. */
export class Bug extends Error {}
