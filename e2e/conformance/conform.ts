import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../src/cli/chromium';
import { decoders } from '../../src/decoders/index';
import { explain, readKnown } from './exceptions';
import { judge } from './judge';
import { type Look, lookAtAll, type Sight } from './look';
import { ManifestError, type ManifestRow, readManifest, sample } from './manifest';
import { writeFormats } from './readme';
import { count, countByFormat, departuresOf, type Judged, tableOf } from './report';

const help = `npm run conformance -- DIR [--sample N] [--json FILE] [--readme] [--strict]

Decodes every file that DIR/manifest.jsonl names in the built page, as a run would, and compares it with what the
manifest says other decoders make of it: what all take must be decoded, with its sizes, turned upright and with its
mean colour within 2 of 255; what all refuse must be refused by name; everything else must come to a clear outcome.

--sample N     at most N files of each format and kind
--workers N    files decoded at a time (2)
--timeout S    seconds after which a decode counts as a hang (60)
--json FILE    everything that was found, for machines
--readme       rewrite the table of image formats in README.md from what was found
--strict       exit with 1 also on an exception that is not a known one, in a format that is decoded

Exits with 1 on any crash, hang or rejection without a name, with 2 on wrong use.
`;

/** Runs the command and resolves to its exit code. */
export async function conform(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    const wrongUse = error instanceof ManifestError || error instanceof TypeError; // parseArgs throws TypeErrors
    if (!wrongUse) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      sample: { type: 'string' },
      workers: { type: 'string', default: '2' },
      timeout: { type: 'string', default: '60' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length !== 1) throw new ManifestError(`Name one folder.\n\n${help}`);
  const [folder] = positionals;
  const all = readManifest(folder);
  const rows = values.sample === undefined ? all : sample(all, whole(values.sample, '--sample'));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const sight = await lookAtAll(rows, {
    folder,
    chromium: ensureChromium(say),
    timeoutS: whole(values.timeout, '--timeout'),
    workers: whole(values.workers, '--workers'),
    asStored: asStoredKnob(),
    say,
  });
  const files = judgeAll(rows, sight);
  process.stdout.write(`${tableOf(files)}\n\n${summaryOf(sight, files)}\n\n${departuresOf(files)}\n`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(resultOf(files, sight), null, 2)}\n`);
  if (values.readme) writeFormats(countByFormat(files), decoders);
  return exitCode(files, values.strict);
}

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new ManifestError(`${flag} got ${text}; a whole number from 1.`);
  return value;
}

/** The knob that keeps colours as they are stored, if the built recipe knows one. */
function asStoredKnob(): Look['asStored'] {
  const path = fileURLToPath(new URL('../../dist/recipe.schema.json', import.meta.url));
  if (!existsSync(path)) throw new ManifestError(`${path} is missing: build first, with npm run build.`);
  // The build's own output.
  const schema = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly properties: { readonly decode: { readonly properties: Record<string, { enum?: unknown[] }> } };
  };
  const knob = Object.entries(schema.properties.decode.properties).find(([, { enum: values }]) =>
    values?.includes('as-stored'),
  );
  return knob === undefined ? null : { [knob[0]]: 'as-stored' };
}

function judgeAll(rows: readonly ManifestRow[], { seen }: Sight): readonly Judged[] {
  const known = readKnown();
  return rows.map((row, i) => {
    const one = seen[i];
    const verdict = judge(row, one);
    const departures = verdict.departures.map((departure) => ({
      ...departure,
      because: explain(row, departure, known),
    }));
    return { row, verdict, departures, ms: one.kind === 'answered' ? one.inspection.ms : null };
  });
}

function summaryOf({ memoryMb, seconds }: Sight, files: readonly Judged[]): string {
  const memory =
    memoryMb === null ? 'memory was not measured here' : `most memory ${memoryMb.toFixed(0)} MB (PSS)`;
  return `${files.length} files in ${seconds.toFixed(1)} s, ${memory}`;
}

function resultOf(files: readonly Judged[], { memoryMb, seconds }: Sight) {
  return {
    files: files.length,
    seconds,
    memoryMb,
    all: count('all', files),
    formats: countByFormat(files),
    exceptions: files.flatMap(({ row, departures }) =>
      departures.map((departure) => ({ file: row.relpath, format: row.sniff, ...departure })),
    ),
    outcomes: Object.fromEntries(files.map(({ row, verdict }) => [row.relpath, verdict.outcome])),
  };
}

function exitCode(files: readonly Judged[], strict: boolean): number {
  const { crashes, hangs, unnamed } = count('all', files);
  if (crashes + hangs + unnamed > 0) return 1;
  const decoded = new Set<string>(decoders.map(({ id }) => id));
  const open = files.some(
    ({ row, departures }) => decoded.has(row.sniff) && departures.some(({ because }) => because === null),
  );
  return strict && open ? 1 : 0;
}
