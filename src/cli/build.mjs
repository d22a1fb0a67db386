// Builds the page, the command line (in cli/) and the recipe's JSON schema into one folder, dist/ by default.
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds everything anew beside the old build and then takes its place, so that what is served is always whole. */
export async function buildAll(target = join(root, 'dist')) {
  // What the caller's environment says of itself must not put React's development build into the page.
  process.env.NODE_ENV = 'production';
  const fresh = join(root, '.cache', `build-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    await buildPage(fresh);
    await buildCommandLine(join(fresh, 'cli'));
    await writeSchema(join(fresh, 'recipe.schema.json'));
    await writeFile(join(fresh, '.stamp'), '');
    await mkdir(join(target, '..'), { recursive: true });
    await rename(target, old).catch(() => undefined); // the first build has none before it
    await rename(fresh, target);
  } finally {
    await rm(old, { recursive: true, force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

async function buildPage(outDir) {
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

async function buildCommandLine(outDir) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['playwright-core'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        input: { main: 'src/cli/main.ts', serve: 'src/cli/serve.ts', models: 'src/cli/models.ts' },
        external: ['playwright-core', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  await chmod(join(outDir, 'main.js'), 0o755);
}

async function writeSchema(file) {
  const { module } = await runnerImport(`${root}src/run/registry.ts`, {
    root,
    configFile: false,
    logLevel: 'error',
  });
  const schema = z.toJSONSchema(module.schema, { io: 'input', unrepresentable: 'any' });
  // Names of files are not a recipe's business, so they stand beside its schema.
  const formats = module.registry.formats.map(({ id, label, extension }) => ({ id, label, extension }));
  await writeFile(file, `${JSON.stringify({ ...schema, 'x-formats': formats }, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll(process.argv[2]);
