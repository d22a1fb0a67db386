import type { AnyKnobs, Source } from '../core/plugin';
import { files } from './files';
import { folder } from './folder';
import { links } from './links';
import { sample } from './sample';

export { archiveEnding } from './classify';
export { grantFiles } from './files';

/** Every source; a new one is a file and a line here. */
export const sources = [folder, files, links, sample] as const satisfies readonly AnyKnobs<Source<never>>[];
