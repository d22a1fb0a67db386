/** A SHA-256 that is fed piece by piece. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Lower-case hex of everything that was fed. Ends this checksum, whose memory then serves another. */
  digest(): string;
  /** Ends this checksum without asking for it; once ended, does nothing. */
  drop(): void;
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexOfByte[byte];
  return text;
}

/** MD5 in lower-case hex: lists of objects still tell it. */
export async function md5(bytes: Uint8Array): Promise<string> {
  return (await import('hash-wasm')).md5(bytes);
}

/** Hashes a blob: at once by the platform when it is small, piece by piece when it would not fit in memory. */
export async function sha256OfBlob(blob: Blob): Promise<string> {
  if (blob.size <= oneShotBytes) {
    return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())));
  }
  const sha256 = await createSha256();
  // A loop over `getReader`, since not every browser iterates over streams.
  const reader = blob.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) sha256.update(piece.value);
  return sha256.digest();
}

/** Begins a SHA-256 that is fed piece by piece; the platform's own can only hash at once. */
export async function createSha256(): Promise<Sha256> {
  // Loaded only when something is written: the page's first load does without it.
  const engine = idle.pop() ?? (await (await import('hash-wasm')).createSHA256());
  engine.init();
  let ended = false;
  const drop = () => {
    if (!ended) idle.push(engine);
    ended = true;
  };
  return {
    update: (bytes) => void engine.update(bytes),
    digest() {
      const text = engine.digest('hex');
      drop();
      return text;
    },
    drop,
  };
}

/** Most bytes hashed at once: more holds more memory at a time, less gives up the platform's speed (about 5 times). */
const oneShotBytes = 64 * 2 ** 20;

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Engines out of use. Each is a WebAssembly instance, too dear to make for every one of thousands of small files. */
const idle: Awaited<ReturnType<typeof import('hash-wasm').createSHA256>>[] = [];
