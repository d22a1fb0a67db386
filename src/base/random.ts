/** A stream of random numbers that depends on its key alone. */
export interface Random {
  /** The next number, uniform in [0, 1), a multiple of 2^-32. */
  next(): number;
  /** The next number, uniform in [low, high). */
  between(low: number, high: number): number;
}

/**
 * Makes the stream of random numbers that belongs to `parts` and to nothing else: the same parts give the same
 * numbers on every machine, in any order of calls. The parts are hashed by MurmurHash3 (x86, 128 bits; Austin
 * Appleby, public domain) and the hash seeds sfc32 (Chris Doty-Humphrey, PractRand).
 */
export function random(...parts: readonly (string | number)[]): Random {
  // The length before each part keeps ('a', 'bc') and ('ab', 'c') apart.
  const text = parts.map((part) => `${String(part).length}:${part}`).join(',');
  let [a, b, c, d] = murmur128(new TextEncoder().encode(text));
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next(); // sfc32 asks for this many rounds before its first number is used
  return { next, between: (low, high) => low + (high - low) * next() };
}

const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));

function finalMix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** MurmurHash3_x86_128 with seed 0. The tail is padded with zeros, which that algorithm treats as absent. */
export function murmur128(bytes: Uint8Array): [number, number, number, number] {
  const multipliers = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
  const h = [0, 0, 0, 0];
  const mixed = (word: number, lane: number) =>
    Math.imul(rotate(Math.imul(word, multipliers[lane]), 15 + lane), multipliers[(lane + 1) % 4]);
  const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const blocks = Math.floor(bytes.length / 16);
  const turns = [19, 17, 15, 13];
  const adds = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < 4; lane++) {
      h[lane] ^= mixed(view.getInt32(block * 16 + lane * 4, true), lane);
      h[lane] = (Math.imul((rotate(h[lane], turns[lane]) + h[(lane + 1) % 4]) | 0, 5) + adds[lane]) | 0;
    }
  }
  if (bytes.length % 16 !== 0) {
    for (let lane = 0; lane < 4; lane++) h[lane] ^= mixed(view.getInt32(blocks * 16 + lane * 4, true), lane);
  }
  const addAll = () => {
    h[0] = (h[0] + h[1] + h[2] + h[3]) | 0;
    for (let lane = 1; lane < 4; lane++) h[lane] = (h[lane] + h[0]) | 0;
  };
  for (let lane = 0; lane < 4; lane++) h[lane] ^= bytes.length;
  addAll();
  for (let lane = 0; lane < 4; lane++) h[lane] = finalMix(h[lane]);
  addAll();
  return [h[0], h[1], h[2], h[3]];
}
