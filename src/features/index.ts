import type { Registry } from '../core/plugin';
import { descriptor } from './descriptor';
import { modelExtractors } from './models';

/** Every extractor. To add one, add its file and a line here; what is heavy comes by `import()` in its `load`. */
export const extractors: Registry['extractors'] = [descriptor, ...modelExtractors];
