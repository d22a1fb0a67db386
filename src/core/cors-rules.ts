import { parseUrl } from '../base/parse-url';
import { readStorageAddress, type StorageAddress } from './storage-address';

/** What allows a page to read a bucket, in one of the forms that its owner can use. */
export interface CorsRule {
  /** Where it goes: `In the S3 console: the bucket’s Permissions, Cross-origin resource sharing`. */
  readonly title: string;
  readonly language: 'json' | 'xml' | 'shell' | 'http';
  /** To be pasted as it is. */
  readonly text: string;
}

/**
 * Writes the CORS rules that let pages of an origin read a bucket, each in the forms that its provider takes; for a server that
 * is no known provider's, the header that it must send.
 *
 * Formats: docs.aws.amazon.com ManageCorsUsing, cloud.google.com storage/docs/using-cors, learn.microsoft.com
 * `az storage cors add`.
 */
export function corsRules(address: StorageAddress | null, origin: string): readonly CorsRule[] {
  switch (address?.provider) {
    case 's3':
      return s3Rules(address, origin);
    case 'gcs':
      return googleRules(address, origin);
    case 'azure':
      return azureRules(address, origin);
    default:
      return [
        {
          title: 'Sent by the server with every answer',
          language: 'http',
          text: `Access-Control-Allow-Origin: ${origin}\nAccess-Control-Expose-Headers: ${exposed.join(', ')}`,
        },
      ];
  }
}

/** A bucket or server whose rules keep a page out, and what would let it in. */
export interface ClosedPlace {
  /** Of the bucket, or of the server where no bucket is known; no two places have the same. */
  readonly url: string;
  /** `bucket "pets" at storage.googleapis.com`, or `server images.example`. */
  readonly name: string;
  /** How many of the links lead there. */
  readonly links: number;
  readonly rules: readonly CorsRule[];
}

/** Gathers links into buckets, and servers that are no known provider's, each with its rules; most links first. Left out is what no rule would open. */
export function closedPlaces(urls: Iterable<string>, origin: string): readonly ClosedPlace[] {
  const places = new Map<string, { address: StorageAddress | null; host: string; links: number }>();
  for (const url of urls) {
    const parsed = parseUrl(url);
    if (parsed === null || parsed.hostname === neverShared) continue;
    const address = readStorageAddress(url);
    const placeUrl = address?.bucketUrl ?? parsed.origin;
    const place = places.get(placeUrl) ?? { address, host: parsed.host, links: 0 };
    places.set(placeUrl, { ...place, links: place.links + 1 });
  }
  return [...places]
    .sort(([, a], [, b]) => b.links - a.links)
    .map(([placeUrl, { address, host, links }]) => ({
      url: placeUrl,
      name: address?.bucket ? `bucket ${JSON.stringify(address.bucket)} at ${host}` : `server ${host}`,
      links,
      rules: corsRules(address, origin),
    }));
}

/** Google’s address for people who are signed in, which lets no page read whatever the rules say (cloud.google.com, using-cors). */
export const neverShared = 'storage.cloud.google.com';

/** What tells of size, change and parts beside the bytes; a page cannot see them unless they are exposed. */
const exposed = ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges', 'Last-Modified', 'Retry-After'];

/** How long a browser may go on without asking again. */
const maxAgeS = 3600;

function s3Rules({ bucket, bucketUrl }: StorageAddress, origin: string): readonly CorsRule[] {
  const rule = {
    AllowedHeaders: ['*'],
    AllowedMethods: ['GET', 'HEAD'],
    AllowedOrigins: [origin],
    ExposeHeaders: exposed,
    MaxAgeSeconds: maxAgeS,
  };
  const xml = [
    '<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    '  <CORSRule>',
    `    <AllowedOrigin>${escapeXml(origin)}</AllowedOrigin>`,
    ...rule.AllowedMethods.map((method) => `    <AllowedMethod>${method}</AllowedMethod>`),
    '    <AllowedHeader>*</AllowedHeader>',
    ...exposed.map((header) => `    <ExposeHeader>${header}</ExposeHeader>`),
    `    <MaxAgeSeconds>${maxAgeS}</MaxAgeSeconds>`,
    '  </CORSRule>',
    '</CORSConfiguration>',
  ];
  const { origin: endpoint, hostname } = new URL(bucketUrl);
  const elsewhere = /\.amazonaws\.com(\.cn)?$/.test(hostname) ? '' : ` --endpoint-url ${quote(endpoint)}`;
  const command = `aws s3api put-bucket-cors --bucket ${quote(bucket)}${elsewhere} --cors-configuration ${quote(JSON.stringify({ CORSRules: [rule] }))}`;
  return [
    {
      title: 'In the console: the bucket’s Permissions, Cross-origin resource sharing (CORS)',
      language: 'json',
      text: JSON.stringify([rule], null, 2),
    },
    {
      title: 'On the command line (it replaces the rules that the bucket has)',
      language: 'shell',
      text: command,
    },
    { title: 'As XML, for services that take no JSON', language: 'xml', text: xml.join('\n') },
  ];
}

function googleRules({ bucket }: StorageAddress, origin: string): readonly CorsRule[] {
  const rule = { origin: [origin], method: ['GET', 'HEAD'], responseHeader: exposed, maxAgeSeconds: maxAgeS };
  const name = quote(`gs://${bucket}`);
  return [
    { title: 'As the file cors.json', language: 'json', text: JSON.stringify([rule], null, 2) },
    {
      title: 'Then on the command line (it replaces the rules that the bucket has)',
      language: 'shell',
      text: `gcloud storage buckets update ${name} --cors-file=cors.json`,
    },
    { title: 'Or with gsutil', language: 'shell', text: `gsutil cors set cors.json ${name}` },
  ];
}

function azureRules({ account }: StorageAddress, origin: string): readonly CorsRule[] {
  const of = account === null ? '' : ` --account-name ${quote(account)}`;
  return [
    {
      title:
        'On the command line, for the whole storage account (it adds to the rules there are, at most five)',
      language: 'shell',
      text: `az storage cors add --services b --methods GET HEAD --origins ${quote(origin)} --allowed-headers '*' --exposed-headers '*' --max-age ${maxAgeS}${of}`,
    },
  ];
}

/** For a shell of Unix; a plain word needs no quotes. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
