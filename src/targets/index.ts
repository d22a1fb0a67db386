import type { Registry } from '../core/plugin';
import { directory } from './directory';
import { server } from './server';
import { zip } from './zip';

/** Every place that files can go. */
export const targets: Registry['targets'] = [zip, directory, server];
