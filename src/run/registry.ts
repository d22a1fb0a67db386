import type { Registry } from '../core/plugin';
import { recipeSchema } from '../core/recipe';
import { decoders } from '../decoders/index';
import { formats } from '../formats/index';
import { sources } from '../sources/index';
import { targets } from '../targets/index';
import { transforms } from '../transforms/index';

/** Every plug-in of every room. */
export const registry: Registry = { sources, decoders, transforms, formats, targets };

/** The schema of recipes over {@link registry}. */
export const schema = recipeSchema(registry);
