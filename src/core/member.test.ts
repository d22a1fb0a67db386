import { expect, it } from 'vitest';
import { type MemberSpan, refuseSize } from './member';

const span = (packing: MemberSpan['packing'], packed: number): MemberSpan => ({
  ...{ packing, packed, start: 0, end: packed + 100, headed: true, crc32: 0 },
});

it.each([
  ['stored', 10, 10, null],
  ['stored', 10, 11, 'declares 11 bytes for it and holds 10'],
  ['deflate', 5, 0, null],
  ['deflate', 1_000_000, 999_000, null],
  ['deflate', 1000, 1_030_000, null],
  ['deflate', 1000, 2_000_000, 'its 1000 packed bytes cannot hold them'],
  ['deflate', 4_000_000_000, 1_000_000, 'which 4000000000 packed bytes are too many for'],
] as const)('%s in %d bytes, declared to be %d: %s', (packing, packed, bytes, why) => {
  const refused = refuseSize(span(packing, packed), bytes);
  if (why === null) expect(refused).toBeNull();
  else expect(refused).toContain(why);
});
