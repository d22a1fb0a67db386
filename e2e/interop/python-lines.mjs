// Prints the Python that the results page shows for a finished run, as JSON by format: node python-lines.mjs METRICS.json
import { readFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const load = async (path) => (await runnerImport(path, { configFile: false, logLevel: 'error' })).module;
const { registry } = await load('src/run/registry.ts');
const { featureColumns } = await load('src/core/feature-columns.ts');
const { rowsInfo } = await load('src/transforms/geometry.ts');
const { files, recipe, class_names: classNames } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const features = featureColumns(recipe, registry.extractors);
const info = rowsInfo(recipe, { classNames, extraColumns: [] }, features);
const lines = registry.formats
  .filter(({ id }) => recipe.output.formats.includes(id))
  .map(({ id, python }) => {
    const paths = files.filter(({ format }) => format === id).map(({ path }) => path);
    return [id, python(paths, info, recipe.output.options[id])];
  });
process.stdout.write(JSON.stringify(Object.fromEntries(lines)));
