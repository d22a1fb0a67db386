import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseHostHeaders } from './host-headers';
import { createSite, listen } from './site';

const ours = readFileSync('public/_headers', 'utf8');
let folder = '';
let server: Server;
let origin = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-site-'));
  for (const name of ['assets', 'cli']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, '_headers'), ours);
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets/a.js'), 'export {}');
  writeFileSync(join(folder, 'cli/main.js'), 'export {}');
  server = createServer(createSite(folder));
  origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the site', () => {
  it('is cross-origin isolated and lets no script in from elsewhere', async () => {
    const response = await fetch(`${origin}/?headless`);
    expect(await response.text()).toBe('<!doctype html>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'credentialless',
      'cache-control': 'no-cache',
      'content-type': 'text/html;charset=utf-8',
    });
    const csp = response.headers.get('content-security-policy');
    expect(csp).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    // Links and buckets may be anywhere; nothing else comes from elsewhere.
    expect(
      csp?.replace("connect-src 'self' blob: https: http://localhost:* http://127.0.0.1:*", ''),
    ).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:/);
  });

  it('keeps hashed files for ever', async () => {
    const response = await fetch(`${origin}/assets/a.js`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('credentialless');
  });

  it.each([
    ['GET', '/nope', 404],
    ['GET', '/cli/main.js', 404],
    ['GET', '/..%2f..%2fetc/passwd', 404],
    ['GET', '//x', 404],
    ['GET', '/%', 404],
    ['POST', '/', 405],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await fetch(`${origin}${path}`, { method })).status).toBe(status);
  });
});

describe('_headers', () => {
  it('has rules whose later value stands', () => {
    const headersFor = parseHostHeaders('# x\n/*\n  A: 1\n  B: 2\n/a/*.js\n  A: 3: 4\n');
    expect(headersFor('/a/b.js')).toEqual({ A: '3: 4', B: '2' });
    expect(headersFor('/a/bxjs')).toEqual({ A: '1', B: '2' });
  });

  it('names the line that it does not understand', () => {
    expect(() => parseHostHeaders('/*\nA: 1')).toThrow('_headers line 2 is "A: 1"');
    expect(() => parseHostHeaders('  A: 1')).toThrow('_headers line 1');
  });
});
