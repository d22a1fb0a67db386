import type { AnyKnobs, Source } from '../core/plugin';
import { bucket } from './bucket';
import { files } from './files';
import { folder } from './folder';
import { links } from './links';
import { sample } from './sample';

export { bucket } from './bucket';
export { archiveEnding } from './classify';
export { grantFiles } from './files';
export { links } from './links';

/** Every source; a new one is a file and a line here. */
export const sources = [folder, files, links, bucket, sample] as const satisfies readonly AnyKnobs<
  Source<never>
>[];
