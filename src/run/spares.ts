/** Memory of pixels that are done with, on its way from the compute workers back to the decode workers. */
export interface Spares {
  /** A buffer that nobody uses any more, the latest first, or undefined when there is none. */
  take(): ArrayBuffer | undefined;
  give(buffers: readonly ArrayBuffer[]): void;
}

/**
 * Keeps at most `count` buffers and drops the rest. Pixels come and go in such amounts that memory left to the garbage
 * collector piles up to several times what is in use, and every fresh page of it must be zeroed by the system first.
 */
export function createSpares(count: number): Spares {
  const kept: ArrayBuffer[] = [];
  return {
    take: () => kept.pop(),
    give(buffers) {
      for (const buffer of buffers) if (kept.length < count) kept.push(buffer);
    },
  };
}
