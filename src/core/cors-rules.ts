import type { StorageAddress } from './storage-address';

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
