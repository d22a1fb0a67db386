import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { megabytes } from '../core/failure';
import { channelScale, type InstalledModel, type ModelManifest } from '../core/model-manifest';
import { knownModels } from '../core/model-manifests';
import { getModel, getModelFrom, type Telling } from './get-model';
import { findAltered, installedIds, readInstalled } from './model-folder';
import { distFolder } from './site';

const help = `npm run models -- COMMAND

  list                       Which models are known, and which are installed.
  get ID [--from PLACE]      Installs a model: from its public address, or from PLACE, which is a folder,
                             a model.json of TensorFlow.js, an .h5 of Keras, or the address of either.
                             A download that broke off goes on.
  convert FILE.h5 --as ID    Installs weights that Keras wrote.
  verify [ID …]              Compares the installed files with what was installed.

Models are kept in models/, beside the built page. To host the page elsewhere, copy that folder along.
`;

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        as: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const [command, ...rest] = positionals;
    if (values.help || command === undefined) {
      process.stdout.write(help);
      return values.help ? 0 : 2;
    }
    return await run(command, rest, values);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isUsage(error) ? 2 : 1;
  }
}

async function run(
  command: string,
  rest: readonly string[],
  { from, as }: { readonly from?: string; readonly as?: string },
): Promise<number> {
  switch (command) {
    case 'list':
      return list();
    case 'get': {
      const manifest = known(rest[0]);
      const installed =
        from === undefined
          ? await getModel(folder, manifest, telling)
          : await getModelFrom(folder, manifest, from, workingFolder(), telling);
      return tell(manifest, installed);
    }
    case 'convert': {
      if (rest[0] === undefined || as === undefined)
        throw new Usage('convert takes a file and --as ID: convert weights.h5 --as resnet50.');
      const manifest = known(as);
      return tell(manifest, await getModelFrom(folder, manifest, rest[0], workingFolder(), telling));
    }
    case 'verify':
      return verify(rest.length > 0 ? rest : await installedIds(folder));
    default:
      throw new Usage(`There is no command ${command}.\n\n${help}`);
  }
}

/** Where the page's own server looks for them. */
const folder = join(distFolder, '..', 'models');

/** npm changes into the package's folder; the person's own is the one that relative paths mean. */
const workingFolder = () => process.env.INIT_CWD ?? process.cwd();

class Usage extends Error {}

const isUsage = (error: unknown): boolean =>
  error instanceof Usage ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

function known(id: string | undefined): ModelManifest {
  const models = knownModels();
  const found = models.find((model) => model.id === id);
  if (found === undefined)
    throw new Usage(
      `${id === undefined ? 'Which model?' : `There is no model ${id}.`} There are ${models.map((model) => model.id).join(', ')}.`,
    );
  return found;
}

async function list(): Promise<number> {
  const rows = await Promise.all(
    knownModels().map(async ({ id, label, sources, embedding, licence }) => {
      const installed = await readInstalled(folder, id);
      const state = installed
        ? `installed, ${megabytes(bytesOf(installed))}`
        : `about ${sources[0]?.megabytes} MB to get`;
      return [id, label, `${embedding.dimension} features`, state, licence.name];
    }),
  );
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    process.stdout.write(
      `${row
        .map((text, i) => text.padEnd(widths[i]))
        .join('  ')
        .trimEnd()}\n`,
    );
  return 0;
}

async function verify(ids: readonly string[]): Promise<number> {
  let failed = 0;
  for (const id of ids) {
    const installed = await readInstalled(folder, id);
    const altered = installed === null ? null : await findAltered(folder, id, installed);
    if (altered === null) process.stdout.write(`${id}: not installed\n`);
    else if (altered.length === 0) process.stdout.write(`${id}: as it was installed\n`);
    else
      for (const { path, what } of altered)
        process.stdout.write(`${id}: ${path} is ${what}. Get the model again.\n`);
    if (altered === null || altered.length > 0) failed++;
  }
  if (ids.length === 0) process.stdout.write('No models are installed.\n');
  return failed > 0 ? 1 : 0;
}

function tell({ id, label, licence, citation, input }: ModelManifest, installed: InstalledModel): number {
  const own = installed.manifest.input;
  const scaleOf = (one: ModelManifest['input']) => JSON.stringify([one.channels, channelScale(one)]);
  if (scaleOf(own) !== scaleOf(input))
    telling.say(
      `${id}: its files ask for ${own.channels} and the normalisation ${JSON.stringify(own.normalisation)}, which are taken instead of ${input.channels} and ${JSON.stringify(input.normalisation)}.`,
    );
  process.stdout.write(
    `${label} is installed: ${megabytes(bytesOf(installed))} in models/${id}.\nLicence: ${licence.name}. ${licence.note}\nCite: ${citation}\n`,
  );
  return 0;
}

const bytesOf = ({ files }: InstalledModel) => files.reduce((sum, { bytes }) => sum + bytes, 0);

let shownAt = 0;

const telling: Telling = {
  say: (line) => void process.stderr.write(`${line}\n`),
  onBytes(bytes, total) {
    const now = performance.now();
    const done = bytes === total;
    if (process.stderr.isTTY !== true || (now - shownAt < 200 && !done)) return;
    shownAt = now;
    const of = total === null ? '' : ` of ${megabytes(total)}`;
    process.stderr.write(`\r\x1b[K${megabytes(bytes)}${of}${done ? '\r\x1b[K' : ''}`);
  },
};

process.exitCode = await main(process.argv.slice(2));
