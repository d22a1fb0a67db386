import { describe, expect, it } from 'vitest';
import type { Listed } from '../core/image';
import { sniff } from '../core/sniff';
import { sample } from './sample';

async function listSample(): Promise<readonly { readonly key: string; readonly file: File }[]> {
  const listed: Listed[] = [];
  for await (const each of sample.list({}, {}, new AbortController().signal)) listed.push(each);
  return listed.map((each) => {
    if (each.kind !== 'image') throw new Error(`the sample gave a ${each.kind}`);
    const { key, origin } = each.ref;
    if (origin.kind !== 'file') throw new Error(`the sample gave a ${origin.kind}`);
    return { key, file: origin.file };
  });
}

const truncated = 'planets/planet-12.jpg';
const rotated = 'mountains/mountain-06.jpg';

describe('the sample dataset', () => {
  it('has 60 pictures in three folders, of three formats, with unique keys and a fixed date', async () => {
    const pictures = await listSample();
    const folders = Map.groupBy(pictures, ({ key }) => key.split('/')[0]);
    expect([...folders].map(([name, { length }]) => [name, length])).toEqual([
      ['blossoms', 20],
      ['mountains', 20],
      ['planets', 20],
    ]);
    expect(new Set(pictures.map(({ key }) => key)).size).toBe(60);
    expect(new Set(pictures.map(({ file }) => file.lastModified))).toEqual(new Set([Date.UTC(2026, 0, 1)]));
    const formats = new Map<string, number>();
    for (const { key, file } of pictures) {
      const format = sniff(new Uint8Array(await file.slice(0, 64).arrayBuffer()));
      expect(key).toMatch({ jpeg: /\.jpg$/, png: /\.png$/, webp: /\.webp$/ }[format as 'jpeg']);
      formats.set(format, (formats.get(format) ?? 0) + 1);
    }
    expect(Object.fromEntries(formats)).toEqual({ jpeg: 36, png: 12, webp: 12 });
  });

  it('decodes but for the one that is cut off, in landscape, portrait and square', async () => {
    const shapes = new Set<string>();
    for (const { key, file } of await listSample()) {
      if (key === truncated) {
        await expect(createImageBitmap(file), key).rejects.toThrow();
        continue;
      }
      const { width, height } = await createImageBitmap(file);
      expect(Math.min(width, height), key).toBeGreaterThanOrEqual(224);
      shapes.add(width > height ? 'landscape' : width < height ? 'portrait' : 'square');
    }
    expect(shapes.size).toBe(3);
  });

  it('has one that EXIF turns upright: sky above, dark ground below', async () => {
    const file = (await listSample()).find(({ key }) => key === rotated)?.file ?? new File([], '');
    const upright = await createImageBitmap(file);
    const context = new OffscreenCanvas(upright.width, upright.height).getContext('2d');
    context?.drawImage(upright, 0, 0);
    const light = (y: number) => {
      const data = context?.getImageData(0, y, upright.width, 4).data ?? new Uint8ClampedArray(1);
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    expect(light(4)).toBeGreaterThan(light(upright.height - 5) + 30);
    const bytes = new Uint8Array(await file.arrayBuffer());
    // SOF0 holds height and width as stored; they are the other way round than shown.
    const sof = bytes.findIndex(
      (byte, i) => byte === 0xff && bytes[i + 1] === 0xc0 && bytes[i + 2] === 0 && bytes[i + 3] === 17,
    );
    const size = new DataView(bytes.buffer, sof + 5, 4);
    expect([size.getUint16(2), size.getUint16(0)]).toEqual([upright.height, upright.width]);
  });

  it('draws the same bytes each time', async () => {
    const digest = async () => {
      const buffers = await Promise.all((await listSample()).map(({ file }) => file.arrayBuffer()));
      const whole = await new Blob(buffers).arrayBuffer();
      return new Uint8Array(await crypto.subtle.digest('SHA-256', whole)).join();
    };
    expect(await digest()).toBe(await digest());
  });

  it('stops when its signal aborts', async () => {
    const abort = new AbortController();
    const drain = async () => {
      for await (const _ of sample.list({}, {}, abort.signal)) abort.abort(new Error('enough'));
    };
    await expect(drain()).rejects.toThrow('enough');
  });

  it('is quick and leaves the page free', async () => {
    await listSample(); // the first canvas starts the raster code and the encoders
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: 'longtask' });
    const start = performance.now();
    const pictures = await listSample();
    const took = performance.now() - start;
    const bytes = pictures.reduce((sum, { file }) => sum + file.size, 0);
    observer.disconnect();
    console.info(`sample: ${took.toFixed(0)} ms, ${bytes} bytes, long tasks ${tasks}`);
    expect(took).toBeLessThan(4000); // 350 on two cores where little else runs
  });
});
