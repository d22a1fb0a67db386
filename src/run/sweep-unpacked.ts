/** The lock that a session holds for as long as its page is open, so that no other takes its unpacked archives away. */
export const lockOf = (session: string) => `imagemill-unpacked-${session}`;

/** Takes away what sessions before this one unpacked and left behind; those still open keep theirs. Throws
 * NotFoundError when there never was one. */
export async function sweepUnpacked(): Promise<void> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('unpacked');
  const { held = [] } = await navigator.locks.query();
  const open = new Set(held.map(({ name }) => name));
  for await (const name of root.keys()) {
    if (!open.has(lockOf(name))) await root.removeEntry(name, { recursive: true });
  }
}
