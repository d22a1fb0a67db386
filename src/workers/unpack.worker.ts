import { openSync } from '../base/sync-file';
import type { Failure } from '../core/failure';
import { gunzip } from '../sources/gunzip';
import { expose } from './rpc';

const door = {
  /** Unpacks a gzip file into a file of the browser's own storage; says what is wrong, or null. */
  async gunzip(packed: File, handle: FileSystemFileHandle): Promise<Failure | null> {
    const access = await openSync(handle);
    let at = 0;
    try {
      return await gunzip(packed, {
        write(bytes) {
          if (access.write(bytes, { at }) !== bytes.length)
            throw new DOMException('Fewer bytes fit.', 'QuotaExceededError');
          at += bytes.length;
        },
        restart() {
          access.truncate(0);
          at = 0;
        },
      });
    } finally {
      access.close();
    }
  },
};

export type UnpackDoor = typeof door;

expose(door);
