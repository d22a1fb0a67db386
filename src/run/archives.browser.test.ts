import { describe, expect, it } from 'vitest';
import { decodeKnobs } from '../core/reading-knobs';
import { parseRecipe } from '../core/recipe';
import { decodeImage } from '../decoders/decode-image';
import { drawPng, gradient } from '../decoders/test-files';
import { drawTar, drawZip } from '../sources/test-archives';
import { type Listing, listImages } from './listing';
import { schema } from './registry';
import { sweepUnpacked } from './sweep-unpacked';

const recipe = parseRecipe({ source: { type: 'files' } }, schema);
const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };

const picture = (size: number) => drawPng(gradient(size, size));
const names = ['cat/1.png', 'cat/2.png', 'dog/3.png'];
const tar = (end = true) =>
  drawTar(
    names.map((name, i) => ({ name, content: picture(20 + i) })),
    end,
  );

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const list = (...files: File[]): Promise<Listing> =>
  listImages(
    recipe,
    { files: files.map((file) => ({ key: file.name, file })) },
    new AbortController().signal,
  );

/** Each image's key, and its width or what failed. */
async function decoded({ images }: Listing): Promise<readonly string[]> {
  const told: string[] = [];
  for (const ref of images) {
    const { outcome } = await decodeImage(ref, wish, false);
    if (outcome === null) throw new Error('it wants a codec');
    told.push(`${ref.key} ${outcome.ok ? outcome.value.meta.oriented.width : outcome.failure.code}`);
  }
  return told;
}

const whole = ['cat/1.png 20', 'cat/2.png 21', 'dog/3.png 22'];

describe('archives among what is listed', () => {
  it('decodes members of a tar, of a gzipped one, and of one that several gzip members make', async () => {
    expect(await decoded(await list(new File([tar()], 'pets.tar')))).toEqual(whole);
    const packed = await gzip(tar());
    expect(await decoded(await list(new File([packed], 'pets.tar.gz')))).toEqual(whole);
    const bytes = tar();
    const parts = [await gzip(bytes.slice(0, 700)), await gzip(bytes.slice(700))];
    expect(await decoded(await list(new File(parts, 'pets.tgz')))).toEqual(whole);
  });

  it('decodes what a gzip stream gives before it is cut off, and names the archive', async () => {
    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 7919) >> 5);
    const bytes = drawTar([
      { name: 'cat/1.png', content: picture(20) },
      { name: 'cat/noise.png', content: crypto.getRandomValues(new Uint8Array(60_000)) },
      { name: 'cat/more.png', content: noise },
    ]);
    const packed = await gzip(bytes);
    const listing = await list(new File([packed.slice(0, 50_000)], 'pets.tar.gz'));
    expect(await decoded(listing)).toEqual([
      'cat/1.png 20',
      'cat/noise.png truncated',
      'pets.tar.gz corrupt',
    ]);
  });

  it('decodes members of a zip, and refuses one whose bytes were changed', async () => {
    const bytes = await drawZip(Object.fromEntries(names.map((name, i) => [name, picture(20 + i)])));
    expect(await decoded(await list(new File([bytes], 'pets.zip')))).toEqual(whole);
    bytes[120] ^= 1;
    expect(await decoded(await list(new File([bytes], 'pets.zip')))).toEqual([
      'cat/1.png corrupt',
      ...whole.slice(1),
    ]);
  });

  it('puts each of several archives below its name, and keeps the ending where the name is taken', async () => {
    const small = (name: string) => drawTar([{ name, content: 'x' }]);
    const keys = async (...files: File[]) => (await list(...files)).images.map(({ key }) => key);
    expect(await keys(new File([small('1.png')], 'a.tar'), new File([small('1.png')], 'b.tar'))).toEqual([
      'a/1.png',
      'b/1.png',
    ]);
    expect(
      await keys(new File([small('1.png')], 'a.tar'), new File([await gzip(small('1.png'))], 'a.tar.gz')),
    ).toEqual(['a.tar.gz/1.png', 'a.tar/1.png']);
    const folder = { key: 'a.tar/1.png', file: new File(['x'], '1.png') };
    const beside = [new File([small('1.png')], 'a.tar'), new File([small('1.png')], 'a.tgz')];
    const files = [folder, ...beside.map((file) => ({ key: file.name, file }))];
    const listing = await listImages(recipe, { files }, new AbortController().signal);
    expect(listing.images.map(({ key }) => key)).toEqual(['a.tar/1.png', 'a.tar_/1.png', 'a.tgz/1.png']);
    expect(await keys(new File([small('1.png')], 'a.tar'), new File(['x'], '2.png'))).toEqual([
      '2.png',
      'a/1.png',
    ]);
  });

  it('sweeps away what sessions before unpacked, and leaves this one its own', async () => {
    const listing = await list(new File([await gzip(tar())], 'pets.tar.gz'));
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('unpacked');
    await root.getDirectoryHandle('a session that is gone', { create: true });
    await sweepUnpacked();
    const left: string[] = [];
    for await (const name of root.keys()) left.push(name);
    expect(left).toHaveLength(1);
    expect(await decoded(listing)).toEqual(whole);
  });
});
