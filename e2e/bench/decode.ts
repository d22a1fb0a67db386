import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { ImagesFailed, type Ours, openOurs } from './ours';
import { repeat } from './pictures';
import { lacking, median, more, type Row } from './row';
import type { Bench } from './speed';
import { runSharp, sharpVersion } from './theirs';

/** A picture in one format: how it is made of a photograph, and who else decodes it. */
interface Kind {
  readonly name: string;
  readonly ending: string;
  /** Resolves to why it cannot be made here, or to null. */
  make(photo: Sharp, path: string): Promise<string | null>;
  readonly peer: 'sharp' | 'vipsthumbnail';
}

/** Fewer would measure how codecs start, which a run does once; more take minutes, at a second a picture. */
const copies = Math.max(16, 4 * availableParallelism());
const sides = { width: 4000, height: 3000 };

const kinds: readonly Kind[] = [
  {
    name: 'tiff-lzw',
    ending: 'tif',
    peer: 'sharp',
    make: (photo, path) => saved(photo.tiff({ compression: 'lzw', predictor: 'horizontal' }), path),
  },
  {
    name: 'tiff-jpeg',
    ending: 'tif',
    peer: 'sharp',
    make: (photo, path) => saved(photo.tiff({ compression: 'jpeg', quality: 90 }), path),
  },
  {
    name: 'png-16',
    ending: 'png',
    peer: 'sharp',
    make: (photo, path) => saved(photo.toColourspace('rgb16').png(), path),
  },
  {
    name: 'heic',
    ending: 'heic',
    peer: 'vipsthumbnail',
    make: (photo, path) => byCommand(photo, path, 'heif-enc', (from) => ['-q', '80', '-o', path, from]),
  },
  {
    name: 'jxl',
    ending: 'jxl',
    peer: 'vipsthumbnail',
    make: (photo, path) => byCommand(photo, path, 'cjxl', (from) => [from, path, '-d', '1', '-e', '4']),
  },
];

/**
 * Compares the way from 12 MP pictures in formats of many kinds to 224 x 224 with native libraries, in pairs. What cannot
 * be made here, and what has no peer here, is left out and said so; what we do not decode has a row that says it.
 */
export async function measureDecoding(
  photograph: string,
  bench: Bench & { readonly pairs: number },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of kinds) {
    const name = `decode-${kind.name}-12mp-224`;
    const folder = join(bench.folder, name);
    mkdirSync(join(folder, 'ours'), { recursive: true });
    const picture = join(folder, `photo.${kind.ending}`);
    const lack = await kind.make(sharp(photograph).resize({ ...sides, fit: 'cover' }), picture);
    const why = lack ?? (kind.peer === 'vipsthumbnail' ? vipsLack(picture, folder) : null);
    if (why !== null) bench.say(`${name}: left out, ${why}`);
    else rows.push(await compare(name, repeat([picture], copies, folder), kind.peer, folder, bench));
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

async function compare(
  name: string,
  pictures: readonly string[],
  peer: Kind['peer'],
  folder: string,
  bench: Bench & { readonly pairs: number },
): Promise<Row> {
  const runPeer = () =>
    peer === 'sharp' ? runSharp(pictures, join(folder, 'sharp.npy')) : runVips(pictures, folder);
  const ours = await openOurs(bench.chromium, join(folder, 'ours'));
  const mine: number[] = [];
  const theirs: number[] = [];
  try {
    for (let pair = -1; pair < bench.pairs; pair++) {
      const ms = await decoded(ours, pictures, (why) => bench.say(`${name}: ${why}`));
      const peerMs = await runPeer();
      bench.say(
        `${name} ${pair < 0 ? 'warm-up' : `pair ${pair + 1}`}: ours ${rate(ms)}, ${peer} ${rate(peerMs)}`,
      );
      if (ms === null) return lacking(name, 'images/s', peerName(peer), perSecond(peerMs));
      if (pair < 0) continue;
      mine.push(ms);
      theirs.push(peerMs);
    }
  } finally {
    await ours.close();
  }
  return more(name, 'images/s', perSecond(median(mine)), peerName(peer), perSecond(median(theirs)));

  function perSecond(ms: number): number {
    return (pictures.length / ms) * 1000;
  }
  function rate(ms: number | null): string {
    return ms === null ? 'not decoded' : `${perSecond(ms).toFixed(1)}/s`;
  }
}

/** Milliseconds, or null when the pictures are not decoded. */
async function decoded(
  ours: Ours,
  pictures: readonly string[],
  tell: (why: string) => void,
): Promise<number | null> {
  try {
    return await ours.run(pictures);
  } catch (error) {
    if (!(error instanceof ImagesFailed)) throw error;
    tell(error.message);
    return null;
  }
}

async function saved(picture: Sharp, path: string): Promise<null> {
  await picture.toFile(path);
  return null;
}

/** Encodes by a program that reads PNG. */
async function byCommand(
  photo: Sharp,
  path: string,
  program: string,
  words: (from: string) => readonly string[],
): Promise<string | null> {
  const from = `${path}.png`;
  await photo.png({ compressionLevel: 1 }).toFile(from);
  const { error, status, stderr } = spawnSync(program, words(from), { encoding: 'utf8' });
  rmSync(from);
  if (error !== undefined) return `${program} cannot be started (${error.message})`;
  return status === 0 ? null : `${program} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`;
}

/** Why vipsthumbnail cannot stand beside ours for this picture; null when it can. */
function vipsLack(picture: string, folder: string): string | null {
  const { error, status, stderr } = spawnSync('vipsthumbnail', vipsWords([picture], folder), {
    encoding: 'utf8',
    env: vipsEnvironment(),
  });
  if (error !== undefined) return `vipsthumbnail cannot be started (${error.message})`;
  return status === 0 ? null : `vipsthumbnail does not decode it: ${stderr.trim().split('\n').at(-1)}`;
}

const vipsWords = (pictures: readonly string[], folder: string) => [
  '--size', '224x224', '--smartcrop', 'centre', '--output', join(folder, 'vips-%s.ppm'), ...pictures,
]; // biome-ignore format: a command

/** One thread a process. sharp, once loaded, sets where libvips looks for its modules, and the system's finds none there. */
function vipsEnvironment(): NodeJS.ProcessEnv {
  const { VIPSHOME: _, ...env } = process.env;
  return { ...env, VIPS_CONCURRENCY: '1' };
}

/** As many processes as there are cores, each on one thread of libvips, each with its share of the pictures. */
async function runVips(pictures: readonly string[], folder: string): Promise<number> {
  const lanes = availableParallelism();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const share = pictures.filter((_, i) => i % lanes === lane);
      const child = spawn('vipsthumbnail', vipsWords(share, folder), {
        env: vipsEnvironment(),
        stdio: 'inherit',
      });
      return new Promise<void>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) =>
          code === 0 ? resolve() : reject(new Error(`vipsthumbnail ended with ${code}`)),
        );
      });
    }),
  );
  return performance.now() - start;
}

function peerName(peer: Kind['peer']): string {
  if (peer === 'sharp') return sharpVersion;
  const { stdout } = spawnSync('vipsthumbnail', ['--vips-version'], { encoding: 'utf8' });
  return `vipsthumbnail ${stdout.trim().replace(/^libvips /, '')}`;
}
