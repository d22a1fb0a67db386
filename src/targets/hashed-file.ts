import { createSha256, sha256OfBlob } from '../base/checksum';
import type { RawFile } from './buffered-file';

/** A file in the making that does not know its checksum. */
export interface PlainFile {
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** The file appears under its name. */
  commit(): Promise<void>;
  /** The committed file. */
  read(): Promise<Blob>;
  discard(): Promise<void>;
}

/** Adds the checksum, fed as the bytes pass; a file that was patched behind them is read once more at the end. */
export async function hashFile(path: string, plain: PlainFile): Promise<RawFile> {
  const sha256 = await createSha256();
  let bytes = 0;
  let patched = false;
  const write = async (at: number, piece: Uint8Array) => {
    await plain.write(at, piece);
    if (at === bytes) sha256.update(piece);
    else patched = true;
    bytes = Math.max(bytes, at + piece.length);
  };
  return {
    write,
    async commit(at, rest) {
      if (rest.length > 0) await write(at, rest);
      await plain.commit();
      const passed = sha256.digest();
      return { path, bytes, sha256: patched ? await sha256OfBlob(await plain.read()) : passed };
    },
    async discard() {
      sha256.drop();
      await plain.discard();
    },
  };
}
