import { openSync } from '../base/sync-file';
import type { Sink } from './gunzip';

/** Opens a file of the browser's own storage, in a worker, to be written from its beginning. */
export async function openSink(handle: FileSystemFileHandle): Promise<Sink & { close(): void }> {
  const access = await openSync(handle);
  let at = 0;
  return {
    write(bytes) {
      if (access.write(bytes, { at }) !== bytes.length)
        throw new DOMException('Fewer bytes fit.', 'QuotaExceededError');
      at += bytes.length;
    },
    restart() {
      access.truncate(0);
      at = 0;
    },
    close: () => access.close(),
  };
}
