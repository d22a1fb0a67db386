import type { AnyKnobs, Field, Format, RowsInfo } from '../core/plugin';
import type { RunReport } from '../core/report';
import { registry } from './registry';

/**
 * Describes a dataset for machines: JSON-LD by the Croissant Format Specification 1.0 (MLCommons), with every file's
 * sha256 and the fields of the formats that Croissant can read. It tells no time, so the same run writes the same bytes.
 */
export function croissant(report: RunReport, info: RowsInfo): string {
  const { recipe, rows, metrics, classNames } = report;
  const described = registry.formats
    .filter(({ id }) => recipe.output.formats.includes(id))
    .map((format) => describe(format, report, info));
  const shared = report.files.filter(({ format, rows }) => format === null || rows === null);
  const licence = licenceOf(recipe.output.licence);
  return `${JSON.stringify(
    {
      '@context': context,
      '@type': 'sc:Dataset',
      conformsTo: 'http://mlcommons.org/croissant/1.0',
      name: recipe.output.name,
      description: `${rows} rows from ${metrics.images_processed} images${classNames.length > 0 ? ` in ${classNames.length} classes` : ''}, made by Imagemill ${report.versions.imagemill} from the recipe with the sha256 ${report.recipeHash}.`,
      ...(licence !== null && { license: licence }),
      version: '1.0.0',
      distribution: [...described.flatMap(({ distribution }) => distribution), ...shared.map(fileObject)],
      recordSet: described.flatMap(({ recordSet }) => recordSet),
    },
    null,
    2,
  )}\n`;
}

/** The specification's own context, key for key: validators compare it. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

type File = RunReport['files'][number];

interface Described {
  readonly distribution: readonly object[];
  readonly recordSet: readonly object[];
}

function describe(format: AnyKnobs<Format<never>>, report: RunReport, info: RowsInfo): Described {
  const files = report.files.filter((file) => file.format === format.id && file.rows !== null);
  const fields = format.fields?.(info, report.recipe.output.options[format.id] as never) ?? [];
  const pictures = fields.some(({ kind }) => kind === 'image');
  const set = `${format.id}-files`;
  if (format.extension === null) return describePictures(format.id, set, files, fields, report);
  const objects = files.map(fileObject);
  if (fields.length === 0) return { distribution: objects, recordSet: [] };
  const inner = pictures
    ? {
        containedIn: files.map(({ path }) => ({ '@id': path })),
        encodingFormat: pictureType(report),
        includes: `*.${pictureEnding(report)}`,
      }
    : { encodingFormat: mediaType(`.${format.extension}`), includes: files.map(({ path }) => globOf(path)) };
  return {
    distribution: [...objects, { '@type': 'cr:FileSet', '@id': set, name: set, ...inner }],
    recordSet: [recordSet(format.id, { fileSet: { '@id': set } }, fields)],
  };
}

/** Pictures in folders: a set of files, and the table beside them as a second one, joined by the pictures' names. */
function describePictures(
  id: string,
  set: string,
  files: readonly File[],
  fields: readonly Field[],
  report: RunReport,
): Described {
  const pictures = {
    '@type': 'cr:FileSet',
    '@id': set,
    name: set,
    encodingFormat: pictureType(report),
    // Another format's pictures may lie deeper in the same folder.
    includes: files.map(
      ({ path }) => `${globOf(path)}${report.classNames.length > 0 ? '*' : '**'}/*.${pictureEnding(report)}`,
    ),
  };
  const tables = report.files.filter(
    (file) => file.format === id && /(^|\/)metadata\.(csv|jsonl)$/.test(file.path),
  );
  const images = recordSet(
    id,
    { fileSet: { '@id': set } },
    fields.filter(({ kind }) => kind === 'image'),
  );
  const columns = fields.filter(({ kind }) => kind !== 'image');
  if (tables.length === 0 || columns.length === 0) return { distribution: [pictures], recordSet: [images] };
  const metadata = `${id}-metadata`;
  return {
    distribution: [
      pictures,
      {
        '@type': 'cr:FileSet',
        '@id': metadata,
        name: metadata,
        encodingFormat: mediaType(tables[0].path),
        includes: tables.map(({ path }) => globOf(path)),
      },
    ],
    recordSet: [images, recordSet(metadata.replace('-', '_'), { fileSet: { '@id': metadata } }, columns)],
  };
}

function recordSet(id: string, source: object, fields: readonly Field[]): object {
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: id,
    field: fields.map(({ name, kind }) => ({
      '@type': 'cr:Field',
      '@id': `${id}/${name}`,
      name,
      dataType: dataTypes[kind],
      ...(kind === 'numbers' && { repeated: true }),
      source: { ...source, extract: kind === 'image' ? { fileProperty: 'content' } : { column: name } },
    })),
  };
}

const dataTypes: Readonly<Record<Field['kind'], string>> = {
  text: 'sc:Text',
  integer: 'sc:Integer',
  number: 'sc:Float',
  numbers: 'sc:Float',
  image: 'sc:ImageObject',
};

const fileObject = ({ path, bytes, sha256 }: File): object => ({
  '@type': 'cr:FileObject',
  '@id': path,
  name: path.slice(path.lastIndexOf('/') + 1),
  contentUrl: path,
  contentSize: `${bytes} B`,
  encodingFormat: mediaType(path),
  sha256,
});

/** A path as a pattern for itself alone. */
const globOf = (path: string) => path.replace(/[*?[\]]/g, (mark) => `[${mark}]`);

const mediaTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonlines',
  json: 'application/json',
  parquet: 'application/x-parquet', // the name that Croissant's own reader knows
  arrow: 'application/vnd.apache.arrow.file',
  arrows: 'application/vnd.apache.arrow.stream',
  npz: 'application/zip',
  tar: 'application/x-tar',
  h5: 'application/x-hdf5',
  log: 'text/plain',
  md: 'text/markdown',
};

const mediaType = (path: string) =>
  mediaTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

const pictureType = ({ recipe }: RunReport) => `image/${recipe.output.picture_type}`;
const pictureEnding = ({ recipe }: RunReport) =>
  recipe.output.picture_type === 'jpeg' ? 'jpg' : recipe.output.picture_type;

/** An address for what looks like an SPDX identifier; other words as they are; null for none. */
function licenceOf(licence: string): string | null {
  if (licence === '') return null;
  return /^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(licence) ? `https://spdx.org/licenses/${licence}.html` : licence;
}
