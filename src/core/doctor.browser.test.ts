import { afterEach, describe, expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { explainRefusal, explainSilence, serverAnswers } from './doctor';

const origin = location.origin;

afterEach(() => commands.stopStorage());

describe('buckets without a CORS rule', () => {
  test('S3 and Azure: the answer is there, and the rule for this page is told', async () => {
    const { s3, azure } = await commands.startStorage([]);
    const ofS3 = await diagnose(s3);
    expect(ofS3.code).toBe('cors');
    expect(ofS3.message).toContain(
      `the bucket "pets" at ${new URL(s3).host} does not let pages of ${origin} read it`,
    );
    expect(ofS3.cors.map(({ language }) => language)).toEqual(['json', 'shell', 'xml']);
    for (const { text } of ofS3.cors) expect(text).toContain(origin);
    const ofAzure = await diagnose(azure);
    expect(ofAzure.code).toBe('cors');
    expect(ofAzure.cors[0].text).toContain(`--origins ${origin}`);
  });
});

describe('buckets with a CORS rule', () => {
  test('what they give can be read, and what they refuse is explained in their words', async () => {
    const links = await commands.startStorage([origin]);
    for (const url of [links.s3, links.azure]) {
      expect(new Uint8Array(await (await get(url)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    }
    expect((await diagnose(links.s3Expired)).message).toMatch(
      /^The link expired on .* UTC, 59 minutes ago(; the server answered 403 \(AccessDenied: Request has expired\)| by)/,
    );
    expect((await diagnose(links.azureExpired)).message).toMatch(/^The link expired on .* UTC, 1 hour ago/);
    expect(await diagnose(links.s3Missing)).toMatchObject({ code: 'missing' });
  });
});

test('a name that does not exist, and a port where nobody listens', async () => {
  expect((await diagnose('https://nowhere.invalid/a.jpg')).message).toMatch(
    /^No server answers at nowhere\.invalid/,
  );
  expect((await diagnose('http://127.0.0.1:9/a.jpg')).code).toBe('unreachable');
});

const get = (url: string) => fetch(url, { cache: 'no-store' });

/** Fetches as a page does, and explains what came of it: an answer, or none. */
async function diagnose(url: string) {
  const response = await get(url).catch(() => null);
  if (response === null) {
    return explainSilence({
      url,
      origin,
      online: navigator.onLine,
      proxied: false,
      now: Date.now(),
      answers: () => serverAnswers(url, { fetch, withinMs: 10_000 }),
    });
  }
  const { status, headers } = response;
  return explainRefusal({ url, status, headers, body: await response.text() }, Date.now());
}
