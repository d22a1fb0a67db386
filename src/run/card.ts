import type { RowsInfo } from '../core/plugin';
import type { RunReport } from '../core/report';
import { splits } from '../core/split';

/**
 * Writes the dataset card: Markdown under the YAML front matter that Hugging Face reads (hub-docs, datasetcard.md).
 * It tells no time, so the same run writes the same card.
 */
export function datasetCard(report: RunReport, info: RowsInfo): string {
  const { recipe, rows, metrics, classNames } = report;
  const shape = info.shape === null ? 'of their own sizes' : `${info.shape.join(' × ')} ${info.dtype}`;
  return [
    ...frontMatter(report),
    `# ${recipe.output.name}`,
    '',
    `${count(rows, 'row')} from ${count(metrics.images_processed, 'image')}${classNames.length > 0 ? ` in ${count(classNames.length, 'class', 'classes')}` : ''}, ${shape}.${skipped(report)}`,
    '',
    ...featuresText(info, report),
    '## Splits and classes',
    '',
    ...balanceTable(report),
    '',
    '## Files',
    '',
    '| file | bytes | rows | sha256 |',
    '|---|---|---|---|',
    ...report.files
      .slice(0, mostFiles)
      .map(({ path, bytes, rows, sha256 }) => `| ${cell(path)} | ${bytes} | ${rows ?? ''} | ${sha256} |`),
    ...(report.files.length > mostFiles
      ? ['', `${report.files.length - mostFiles} more are in croissant.json.`]
      : []),
    '',
    '## Loading',
    '',
    ...report.python.flatMap(({ format, code }) => [`### ${format}`, '', '```python', code, '```', '']),
    '## How it was made',
    '',
    `By Imagemill ${report.versions.imagemill}, from this recipe (sha256 ${report.recipeHash}). ${normalisationText(info)}`,
    '',
    '```json',
    JSON.stringify(recipe, null, 2),
    '```',
    '',
    ...(recipe.output.licence === '' ? [] : ['## Licence', '', recipe.output.licence, '']),
  ].join('\n');
}

function frontMatter(report: RunReport): string[] {
  const { recipe, classNames, rows } = report;
  return [
    '---',
    ...licenceLines(recipe.output.licence),
    ...(classNames.length > 1 ? ['task_categories:', '- image-classification'] : []),
    'size_categories:',
    `- ${sizeCategory(rows)}`,
    ...configLines(report),
    '---',
    '',
  ];
}

/** Hugging Face knows licences by these names (hub-docs, repositories-licenses.md); others are `other` with a name. */
const knownLicences: ReadonlySet<string> = new Set([
  'apache-2.0', 'mit', 'openrail', 'bsd-2-clause', 'bsd-3-clause', 'cc0-1.0', 'cc-by-2.0', 'cc-by-2.5', 'cc-by-3.0',
  'cc-by-4.0', 'cc-by-sa-3.0', 'cc-by-sa-4.0', 'cc-by-nc-2.0', 'cc-by-nc-3.0', 'cc-by-nc-4.0', 'cc-by-nd-4.0',
  'cc-by-nc-nd-3.0', 'cc-by-nc-nd-4.0', 'cc-by-nc-sa-2.0', 'cc-by-nc-sa-3.0', 'cc-by-nc-sa-4.0', 'cdla-sharing-1.0',
  'cdla-permissive-1.0', 'cdla-permissive-2.0', 'gfdl', 'gpl-3.0', 'odc-by', 'odbl', 'pddl', 'unlicense', 'wtfpl',
]); // biome-ignore format: a table

function licenceLines(licence: string): string[] {
  if (licence === '') return [];
  const known = licence.toLowerCase();
  return knownLicences.has(known)
    ? [`license: ${known}`]
    : ['license: other', `license_name: ${JSON.stringify(licence)}`];
}

/** Hugging Face's size categories, by rows. */
function sizeCategory(rows: number): string {
  const steps = ['1K', '10K', '100K', '1M', '10M', '100M', '1B', '10B', '100B', '1T'];
  const at = steps.findIndex((_, i) => rows < 1000 * 10 ** i);
  if (at < 0) return 'n>1T';
  return at === 0 ? 'n<1K' : `${steps[at - 1]}<n<${steps[at]}`;
}

/** What `datasets` loads, best first: it takes one kind of file for all configurations of a folder. */
const loadable = ['parquet', 'webdataset', 'jsonl', 'csv'];

/**
 * Says which files are which split. Where files hold several splits together there is nothing to say, and an image
 * folder says it by its own folders.
 */
function configLines({ recipe, files, balance }: RunReport): string[] {
  const format = loadable.find((id) => recipe.output.formats.includes(id));
  if (format === undefined || recipe.output.layout === 'together') return [];
  const own = files.filter((file) => file.format === format && file.rows !== null);
  const present = splits.filter((split) => balance[split] !== undefined);
  return [
    'configs:',
    '- config_name: default',
    '  data_files:',
    ...present.flatMap((split) => {
      const paths = own.map(({ path }) => path).filter((path) => splitOf(path) === split);
      return paths.length === 0
        ? []
        : [`  - split: ${split}`, '    path:', ...paths.map((path) => `    - ${JSON.stringify(path)}`)];
    }),
  ];
}

/** The split that a file's name or folder tells. */
function splitOf(path: string): string | undefined {
  return splits.find((split) => new RegExp(`(^|/|-)${split}([-./]|$)`).test(path));
}

function balanceTable({ balance, classNames }: RunReport): string[] {
  const present = splits.filter((split) => balance[split] !== undefined);
  const columns = [...classNames, '(no label)'];
  const lines = columns
    .map((name, i) => ({ name, counts: present.map((split) => balance[split][i] ?? 0) }))
    .filter(({ counts }, i) => i < classNames.length || counts.some((each) => each > 0));
  const shown = lines.slice(0, mostClasses);
  const total = present.map((split) => balance[split].reduce((sum, each) => sum + each, 0));
  return [
    `| class | ${present.join(' | ')} |`,
    `|---|${present.map(() => '---|').join('')}`,
    ...shown.map(({ name, counts }) => `| ${cell(name)} | ${counts.join(' | ')} |`),
    ...(lines.length > shown.length
      ? [`| ${lines.length - shown.length} more | ${present.map(() => '').join(' | ')} |`]
      : []),
    `| **all** | ${total.join(' | ')} |`,
  ];
}

/** Longer tables help nobody on a card; metrics.json and croissant.json have all. */
const mostClasses = 100;

const mostFiles = 200;

/** Text in a table of Markdown. */
const cell = (text: string) => text.replace(/[\\|<>*_`[\]]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');

function skipped({ failures }: RunReport): string {
  return failures.length === 0
    ? ''
    : ` ${count(failures.length, 'file was', 'files were')} skipped; failures.csv names each and why.`;
}

function normalisationText({ normalisation }: RowsInfo): string {
  const { values, channels, mean, std } = normalisation;
  if (mean === null || std === null)
    return `Each image was normalised by its own mean and standard deviation (${channels}).`;
  if (values === 'none') return `Values are 0 to 255 (${channels}).`;
  return `Values are (pixel - mean) / std with mean [${mean.join(', ')}] and std [${std.join(', ')}] (${channels}).`;
}

/** What extractors added to every row, and how it was made comparable. */
function featuresText({ features }: RowsInfo, { recipe }: RunReport): string[] {
  if (features.length === 0) return [];
  const told = features.map((column) =>
    column.kind === 'vector'
      ? `\`features_${column.name}\` (${column.length} ${column.dtype} values${recipe.features.l2 ? ' of length 1' : ''})`
      : `\`${column.name}\``,
  );
  return [`Every row has ${told.join(', ')}, by ${recipe.features.extractors.join(', ')}.`, ''];
}

const count = (number: number, one: string, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;
