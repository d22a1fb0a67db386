import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

export interface GcsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Addresses that were asked for, without the host. */
  readonly asked: readonly string[];
  /** Lets pages of these origins read the XML API; the JSON API answers all. */
  allow(origins: readonly string[]): void;
}

/**
 * Starts a server of the shape of Google Cloud Storage on a free port, after its documentation (json_api/v1/objects, xml-api,
 * xml-api/reference-status), for no emulator at hand speaks both of its APIs: listing with paging in each, objects in each, links
 * that end, and errors in each one's form. Signatures are not checked, but for their end.
 * @param perPage Most objects of a page; Google's own is 1,000.
 */
export async function startGcs(
  buckets: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>,
  perPage = 1000,
): Promise<GcsServer> {
  const asked: string[] = [];
  let origins: readonly string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const { origin } = request.headers;
    const json = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname);
    if (origin !== undefined && (json || origins.includes(origin))) {
      response.setHeader('access-control-allow-origin', origin);
    }
    const answer = json
      ? answerJson(buckets[decodeURIComponent(json[1])], json[2], url, perPage)
      : answerXml(buckets, url, perPage);
    response.writeHead(answer.status, { 'content-type': answer.type });
    response.end(request.method === 'HEAD' ? '' : answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    allow(list) {
      origins = list;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

type Bucket = Readonly<Record<string, Uint8Array>>;

function answerJson(
  bucket: Bucket | undefined,
  object: string | undefined,
  url: URL,
  perPage: number,
): Answer {
  const fail = (code: number, reason: string, message: string) =>
    reply(
      code,
      'application/json',
      JSON.stringify({ error: { code, message, errors: [{ message, domain: 'global', reason }] } }),
    );
  if (bucket === undefined) return fail(404, 'notFound', 'The specified bucket does not exist.');
  if (object !== undefined) {
    const bytes = bucket[decodeURIComponent(object)];
    if (bytes === undefined) return fail(404, 'notFound', `No such object: ${object}`);
    return reply(200, 'application/octet-stream', bytes);
  }
  const { names, next } = page(bucket, url.searchParams, 'pageToken', 'maxResults', perPage);
  const items = names.map((name) => ({
    name,
    size: String(bucket[name].length),
    updated: written.toISOString(),
    etag: 'CJ+1r8mV5YkDEAE=',
    md5Hash: createHash('md5').update(bucket[name]).digest('base64'),
  }));
  const body = { ...(items.length > 0 && { items }), ...(next !== null && { nextPageToken: next }) };
  return reply(200, 'application/json', JSON.stringify(body));
}

function answerXml(buckets: Readonly<Record<string, Bucket>>, url: URL, perPage: number): Answer {
  const fail = (status: number, code: string, message: string, details = '') =>
    reply(
      status,
      'application/xml',
      `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message>${details && `<Details>${details}</Details>`}</Error>`,
    );
  const [, name, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const endsAt = endOf(url.searchParams);
  if (endsAt !== null && endsAt < Date.now()) {
    return fail(
      400,
      'ExpiredToken',
      'The provided token has expired.',
      `Request has expired: ${endsAt / 1000}`,
    );
  }
  const bucket = buckets[name];
  if (bucket === undefined) return fail(404, 'NoSuchBucket', 'The specified bucket does not exist.');
  if (rest.join('/') !== '') {
    const bytes = bucket[rest.join('/')];
    if (bytes === undefined) return fail(404, 'NoSuchKey', 'The specified key does not exist.');
    return reply(200, 'application/octet-stream', bytes);
  }
  const { names, next } = page(bucket, url.searchParams, 'continuation-token', 'max-keys', perPage);
  const contents = names.map(
    (key) =>
      `<Contents><Key>${encodeURIComponent(key).replaceAll('%20', '+')}</Key><Generation>1</Generation><MetaGeneration>1</MetaGeneration><LastModified>${written.toISOString()}</LastModified><ETag>"${createHash('md5').update(bucket[key]).digest('hex')}"</ETag><Size>${bucket[key].length}</Size></Contents>`,
  );
  const more = next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return reply(
    200,
    'application/xml',
    `<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'><Name>${name}</Name><EncodingType>url</EncodingType><IsTruncated>${next !== null}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
  );
}

/** When all objects were written. */
const written = new Date('2026-11-01T12:00:00.500Z');

function page(bucket: Bucket, query: URLSearchParams, tokenName: string, maxName: string, perPage: number) {
  const prefix = query.get('prefix') ?? '';
  const all = Object.keys(bucket)
    .filter((name) => name.startsWith(prefix))
    .sort();
  const start = Number(Buffer.from(query.get(tokenName) ?? '', 'base64').toString() || 0);
  const end = start + Math.min(perPage, Number(query.get(maxName) ?? perPage));
  return {
    names: all.slice(start, end),
    // Like Google's, it has characters that a query must encode.
    next: end < all.length ? Buffer.from(String(end)).toString('base64') : null,
  };
}

function endOf(query: URLSearchParams): number | null {
  const date = query.get('X-Goog-Date');
  if (date === null) return null;
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) + Number(query.get('X-Goog-Expires')) * 1000;
}

const reply = (status: number, type: string, body: string | Uint8Array): Answer => ({ status, type, body });
