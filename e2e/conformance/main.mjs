// `npm run conformance -- DIR`: the door in plain Node; what is judged, and how, is in conform.ts and the files beside it.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { module } = await runnerImport(`${root}e2e/conformance/conform.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.conform(process.argv.slice(2));
