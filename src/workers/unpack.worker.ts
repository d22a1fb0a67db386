import type { Failure } from '../core/failure';
import { gunzip } from '../sources/gunzip';
import { openSink } from '../sources/stored-sink';
import { expose } from './rpc';

const door = {
  /** Unpacks a gzip file into a file of the browser's own storage; says what is wrong, or null. */
  async gunzip(packed: File, handle: FileSystemFileHandle): Promise<Failure | null> {
    const sink = await openSink(handle);
    try {
      return await gunzip(packed, sink);
    } finally {
      sink.close();
    }
  },
};

export type UnpackDoor = typeof door;

expose(door);
