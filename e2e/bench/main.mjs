// `npm run bench`: the door in plain Node; what is measured is in measure.ts beside it.
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Open until the end: the writers load their libraries when they are first used.
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const module = await createServerModuleRunner(server.environments.ssr).import(`${root}e2e/bench/measure.ts`);
process.exitCode = await module.measure(process.argv.slice(2));
await server.close();
