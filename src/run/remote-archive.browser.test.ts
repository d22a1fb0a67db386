import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { decodeKnobs, fetchKnobs } from '../core/reading-knobs';
import { parseRecipe } from '../core/recipe';
import { decodeImage } from '../decoders/decode-image';
import { drawPng, gradient } from '../decoders/test-files';
import { drawTar, drawZip } from '../sources/test-archives';
import { createLinkReader } from './link-reader';
import { type Listing, listImages } from './listing';
import { schema } from './registry';

const recipe = parseRecipe({ source: { type: 'links' } }, schema);
const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };
const signal = new AbortController().signal;

const names = ['cat/1.png', 'cat/2.png', 'dog/3.png'];
const picture = (size: number) => drawPng(gradient(size, size));
const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 7919) >> 7);
const tar = () =>
  drawTar([
    ...names.map((name, i) => ({ name, content: picture(20 + i) })),
    { name: 'large.bin', content: noise },
  ]);
const zip = () =>
  drawZip({
    'large.bin': noise,
    ...Object.fromEntries(names.map((name, i) => [name, picture(20 + i)])),
  });

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

afterEach(async () => {
  vi.restoreAllMocks();
  await commands.stopFiles();
});

async function serve(files: Record<string, Uint8Array>, ranges = true): Promise<string> {
  const text = (bytes: Uint8Array) => {
    let letters = '';
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return btoa(letters);
  };
  return commands.startFiles(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, text(bytes)])),
    ranges,
  );
}

const list = (text: string, name = 'list.txt'): Promise<Listing> =>
  listImages(recipe, { lists: [{ name, file: new Blob([text]) }] }, signal);

/** Each image's key, where it lies, and its width or what failed. */
async function decoded({ images }: Listing): Promise<readonly string[]> {
  const reader = createLinkReader({ knobs: fetchKnobs.parse({ tries: 2 }), proxy: null });
  const told: string[] = [];
  for (const ref of images) {
    const { kind } = ref.origin;
    const fetched = ref.origin.kind === 'link' ? await reader.read(ref.origin, null, 100) : null;
    if (fetched?.ok === false) {
      told.push(`${ref.key} ${kind} ${fetched.failure.code}`);
      continue;
    }
    const { outcome } = await decodeImage(ref, wish, false, undefined, fetched?.value);
    if (outcome === null) throw new Error('it wants a codec');
    told.push(`${ref.key} ${kind} ${outcome.ok ? outcome.value.meta.oriented.width : outcome.failure.code}`);
  }
  reader.dispose();
  return told;
}

const expected = (kind: string, prefix = '') => names.map((name, i) => `${prefix}${name} ${kind} ${20 + i}`);

function noRoomAtAll(): void {
  vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ quota: 1000, usage: 900 });
}

describe('an archive behind a link', () => {
  it('is read in parts where it is a zip, its directory first and of its members only those that are wanted', async () => {
    const url = await serve({ 'pets.zip': await zip() });
    const listing = await list(`${url}/pets.zip`);
    expect(listing).toMatchObject({ notAnImage: 1, tables: [] });
    expect(await decoded(listing)).toEqual(expected('link'));
    const asked = await commands.askedFiles();
    expect(asked.every(({ what }) => what.startsWith('GET /pets.zip'))).toBe(true);
    const inParts = asked.filter(({ what }) => what.includes('bytes='));
    expect(inParts.length).toBe(asked.length - 1); // one asks for its size
    expect(inParts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(noise.length);
  });

  it('is read into the browser’s storage where its server gives no parts', async () => {
    const url = await serve({ 'pets.zip': await zip() }, false);
    expect(await decoded(await list(`${url}/pets.zip`))).toEqual(expected('member'));
  });

  it.each([true, false])('is unpacked as it comes where it is gzipped; in parts: %s', async (ranges) => {
    const url = await serve({ 'pets.tar.gz': await gzip(tar()), 'pets.tar': tar() }, ranges);
    expect(await decoded(await list(`${url}/pets.tar.gz`))).toEqual(expected('member'));
    expect(await decoded(await list(`${url}/pets.tar`))).toEqual(expected('member'));
  });

  it('has its members below its name where there are several, and says of them what its row says', async () => {
    const url = await serve({ 'a/x.zip': await zip(), 'a/y.tar': tar() });
    const listing = await list(`url,label,made\n${url}/a/x.zip,pet,2020\n${url}/a/y.tar,,2021\n`, 'a.csv');
    expect(await decoded(listing)).toEqual([...expected('link', 'a/x/'), ...expected('member', 'a/y/')]);
    const [first, , , last] = listing.images;
    expect(first).toMatchObject({ label: 'pet', columns: { made: '2020' } });
    expect(last).toMatchObject({ label: null, columns: { made: '2021' } });
  });

  it('is an image that failed where it is not there, damaged or changed', async () => {
    const whole = await zip();
    const url = await serve({ 'none.zip': noise, 'cut.zip': whole.subarray(0, 200_000), 'short.tgz': (await gzip(tar())).subarray(0, 2000) });
    const text = ['gone.zip', 'none.zip', 'cut.zip', 'short.tgz'].map((name) => `${url}/${name}`).join('\n');
    expect(await decoded(await list(text))).toEqual([
      'cut.zip refused truncated', 'gone.zip refused missing', 'none.zip refused truncated', 'short.tgz refused corrupt',
      'short/cat/1.png member 20', 'short/cat/2.png refused truncated',
    ]);
  }); // biome-ignore format: lists

  it('needs no room where it is a tar that comes in parts, and else says why it needs some', async () => {
    const files = { 'pets.tar': tar(), 'pets.tar.gz': await gzip(tar()) };
    noRoomAtAll();
    const inParts = await serve(files);
    expect(await decoded(await list(`${inParts}/pets.tar`))).toEqual(expected('link'));
    const [{ origin }] = (await list(`${inParts}/pets.tar.gz`)).images;
    if (origin.kind !== 'refused') throw new Error('it was read');
    expect(origin.failure).toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(
        /^The archive of \d+ KB must be read into the browser's storage, which has 1 KB left for this page, since a gzipped archive can only be read from its beginning\. Free space/,
      ),
    });
    await commands.stopFiles();
    const whole = await serve(files, false);
    const [{ origin: other }] = (await list(`${whole}/pets.tar`)).images;
    if (other.kind !== 'refused') throw new Error('it was read');
    expect(other.failure.message).toContain('since its server gives no parts of it.');
  });
});
