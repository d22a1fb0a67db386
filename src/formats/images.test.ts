import { describe, expect, it } from 'vitest';
import { images } from './images';
import { makeInfo, makeRow, memoryFiles, oneShard } from './memory-files';

describe('images', () => {
  it('writes each picture under its name, copies beside it', async () => {
    const files = memoryFiles();
    const writer = await images.open(files, makeInfo(), {}, oneShard(3));
    const picture = { type: 'webp', bytes: new Uint8Array([1, 2]) } as const;
    await writer.write([makeRow(), makeRow({ copy: 2 }), makeRow({ name: 'dogs/b', picture })]);
    await writer.close();
    expect([...files.done.keys()]).toEqual([
      'images/cats/a.jpg',
      'images/cats/a-copy2.jpg',
      'images/dogs/b.webp',
    ]);
    expect(files.done.get('images/dogs/b.webp')).toEqual(picture.bytes);
  });

  it('tells how to load labelled folders, folders by split, and pictures without labels', () => {
    expect(images.python(['images/cats/a.jpg'], makeInfo(), {})).toContain('dataset = ImageFolder("images")');
    const split = images.python(['test/images/cats/a.jpg', 'train/images/cats/b.jpg'], makeInfo(), {});
    expect(split).toContain('train = ImageFolder("train/images")\ntest = ImageFolder("test/images")');
    expect(split).toContain('image_dataset_from_directory("train/images", image_size=(2, 2))');
    expect(images.python(['images/a.jpg'], makeInfo({ classNames: [] }), {})).toContain(
      'Path("images").rglob',
    );
  });
});
