// Builds the page into dist/, the command line into dist/cli/, and the recipe's JSON schema beside them.
import { chmod, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds everything anew. The stamp is written last: a build that broke off is stale. */
export async function buildAll() {
  await rm(new URL('../../dist/', import.meta.url), { recursive: true, force: true });
  await build({ root, logLevel: 'warn' });
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['playwright-core'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: 'dist/cli',
      rolldownOptions: {
        input: { main: 'src/cli/main.ts', serve: 'src/cli/serve.ts' },
        external: ['playwright-core', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  await chmod(new URL('../../dist/cli/main.js', import.meta.url), 0o755);
  const { module } = await runnerImport(`${root}src/run/registry.ts`, {
    root,
    configFile: false,
    logLevel: 'error',
  });
  const schema = z.toJSONSchema(module.schema, { io: 'input', unrepresentable: 'any' });
  // Names of files are not a recipe's business, so they stand beside its schema.
  const formats = module.registry.formats.map(({ id, label, extension }) => ({ id, label, extension }));
  await writeFile(
    new URL('../../dist/recipe.schema.json', import.meta.url),
    `${JSON.stringify({ ...schema, 'x-formats': formats }, null, 2)}\n`,
  );
  await writeFile(new URL('../../dist/.stamp', import.meta.url), '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
