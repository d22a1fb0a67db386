import { describe, expect, test } from 'vitest';
import { fileRef } from '../core/image';
import { decodeImage } from './decode-image';
import { encode, failure, knobs } from './test-decode';
import { ascii, drawGif, drawPng, gradient, join } from './test-files';

describe('bad input is a named failure', () => {
  test('files that are not what their name says', async () => {
    expect(await failure(new Uint8Array())).toMatchObject({ stage: 'decode', code: 'empty' });
    const page = Uint8Array.from(ascii('<!DOCTYPE html><html><body>403 Forbidden</body></html>'));
    expect(await failure(page)).toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('The name ends in .jpg but the content is an HTML page'),
    });
    expect(await failure(join(ascii('II*\0'), new Uint8Array(60)))).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('TIFF'),
    });
  });

  test('cut and damaged files', async () => {
    const jpeg = await encode('image/jpeg', 96, 64);
    expect(await failure(jpeg.slice(0, -200))).toMatchObject({ code: 'truncated' });
    const png = drawPng(gradient(20, 20));
    expect(await failure(png.slice(0, -30))).toMatchObject({ code: 'truncated' });
    png[100] ^= 1;
    expect(await failure(png)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('checksum'),
    });
    const gif = drawGif(gradient(6, 6));
    gif[gif.indexOf(0x2c) + 10] = 13; // no LZW code size
    expect(await failure(gif)).toMatchObject({ code: 'corrupt' });
  });

  test('limits are told before any decode', async () => {
    const jpeg = await encode('image/jpeg', 96, 64);
    expect(await failure(jpeg, { max_megapixels: 0.006 })).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('96 × 64'),
    });
    expect(await failure(jpeg, { max_megabytes: 0.0001 })).toMatchObject({ code: 'too-large' });
    // A header that lies costs nothing.
    const liar = drawPng(gradient(2, 2));
    new DataView(liar.buffer).setUint32(16, 0x7fffffff);
    expect(await failure(liar)).toMatchObject({ code: 'too-large' });
  });

  test('files that change or go after they were listed', async () => {
    const root = await navigator.storage.getDirectory();
    const listed = async (name: string) => {
      const handle = await root.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      await writable.write(drawPng(gradient(4, 4)));
      await writable.close();
      return { handle, file: await handle.getFile() };
    };
    const codeOf = async (file: File) => {
      const { outcome } = await decodeImage(
        fileRef(file.name, file),
        { wanted: null, deep: false, knobs },
        false,
      );
      return !outcome || outcome.ok ? null : outcome.failure.code;
    };
    const changed = await listed('changed.png');
    expect(await codeOf(changed.file)).toBeNull();
    const writable = await changed.handle.createWritable();
    await writable.write(drawPng(gradient(5, 5)));
    await writable.close();
    expect(await codeOf(changed.file)).toBe('changed');
    const gone = await listed('gone.png');
    await root.removeEntry('gone.png');
    expect(await codeOf(gone.file)).toBe('gone');
    await root.removeEntry('changed.png');
  });
});
