import type { TargetFile } from '../core/plugin';

/** Text on its way into a file, UTF-8. */
export interface TextFile {
  /** Appends. Await it before the next. */
  add(text: string): Promise<void>;
  /** Sends what is still held. */
  flush(): Promise<void>;
}

/** Gathers short texts, so that each costs no call into the target. */
export function createTextFile(file: TargetFile): TextFile {
  const encoder = new TextEncoder();
  let held = '';
  const flush = async () => {
    if (held === '') return;
    const bytes = encoder.encode(held);
    held = '';
    await file.write(bytes);
  };
  return {
    async add(text) {
      held += text;
      if (held.length >= heldLength) await flush();
    },
    flush,
  };
}

/** UTF-16 units. More holds more memory, fewer makes more calls; between 16 and 512 thousand the speed is the same. */
const heldLength = 65_536;
