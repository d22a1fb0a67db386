import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What of an answer's head the page reads. */
const passed = ['content-type', 'content-range', 'date', 'retry-after', 'x-robots-tag', 'x-ms-error-code'];

/**
 * Answers with what a link gives, asked for here in the page's stead. Where there is no answer the head `x-imagemill-silence` says
 * so, percent-encoded. Only who has the run's token comes this far.
 */
export async function passOn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => abort.abort()); // the page wants it no more, or has it whole
  const { range } = request.headers;
  let answer: Response;
  try {
    if (!/^https?:/i.test(url)) throw new TypeError('only http and https are asked for');
    answer = await fetch(url, {
      method: request.method === 'HEAD' ? 'HEAD' : 'GET',
      // Of a part that is packed on its way nothing could be unpacked.
      headers: range === undefined ? {} : { range, 'accept-encoding': 'identity' },
      redirect: 'follow',
      signal: abort.signal,
    });
  } catch (error) {
    const { message, cause } = error as Error; // fetch throws nothing else
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    response.writeHead(502, { 'x-imagemill-silence': encodeURIComponent(why) }).end();
    return;
  }
  for (const name of passed) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  const length = answer.headers.get('content-length');
  // What was packed is unpacked by now, and longer than was announced.
  if (length !== null && !answer.headers.has('content-encoding'))
    response.setHeader('content-length', length);
  response.writeHead(answer.status);
  if (answer.body === null) {
    response.end();
    return;
  }
  // The same stream under two names: the DOM's and Node's own.
  await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response);
}
