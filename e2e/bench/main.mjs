// `npm run bench`: the door in plain Node; what is measured is in measure.ts beside it.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { module } = await runnerImport(`${root}e2e/bench/measure.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.measure(process.argv.slice(2));
