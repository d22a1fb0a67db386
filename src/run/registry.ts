import type { Registry } from '../core/plugin';
import { recipeSchema } from '../core/recipe';
import { extractors } from '../features/index';
import { formats } from '../formats/index';
import { sources } from '../sources/index';
import { targets } from '../targets/index';
import { transforms } from '../transforms/index';

/** Every plug-in that has knobs, of every room; decoders have none, and only their workers load them. */
export const registry: Registry = { sources, transforms, extractors, formats, targets };

/** The schema of recipes over {@link registry}. */
export const schema = recipeSchema(registry);
