import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOurs } from './ours';
import { repeat } from './pictures';
import { more, type Row } from './row';
import type { Bench } from './speed';

/** Models by their ids with Keras' names, and how many pictures of a run count: the larger network takes ten times as long. */
const models = [
  { id: 'mobilenet-v2', keras: 'MobileNetV2', count: 300 },
  { id: 'resnet50', keras: 'ResNet50', count: 60 },
] as const;

/** Pictures of the short run, which is taken off the long one: loading, compiling and the ends. */
const few = 32;

/**
 * Measures decode, preprocessing and a pretrained network together, in pictures a second on all cores, beside TensorFlow (tf.data
 * and Keras) with the same network on the same pictures. Models that are not installed are passed over.
 */
export async function measureModels(
  pictures: readonly string[],
  bench: Bench & { readonly pairs: number },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { id, keras, count } of models) {
    if (!existsSync(`models/${id}/installed.json`)) {
      bench.say(`models: ${id} is not installed (npm run models -- get ${id}), so it is not measured`);
      continue;
    }
    const folder = join(bench.folder, `models-${id}`);
    const files = repeat(pictures, few + count, folder);
    mkdirSync(join(folder, 'ours'));
    const ours = await openOurs(bench.chromium, join(folder, 'ours'));
    try {
      const run = async (some: readonly string[]) =>
        (await ours.report(some, ['npy'], { features: { extractors: [id] } })).ms;
      const short = files.slice(0, few);
      await run(short);
      const mine: number[] = [];
      const theirs: number[] = [];
      for (let pair = 0; pair < Math.min(bench.pairs, 3); pair++) {
        const shortMs = await run(short);
        mine.push((1000 * count) / ((await run(files)) - shortMs));
        theirs.push(count / tensorflowSeconds(keras, files, count, folder));
        bench.say(
          `${id} pair ${pair + 1}: ours ${mine[pair].toFixed(1)}/s, TensorFlow ${theirs[pair].toFixed(1)}/s`,
        );
      }
      // The best of each: what others do on the machine only ever takes away.
      rows.push(more(`model-${id}`, 'images/s', Math.max(...mine), 'TensorFlow', Math.max(...theirs)));
    } finally {
      await ours.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

/** Seconds that `count` pictures take, without a run's ends. */
function tensorflowSeconds(keras: string, files: readonly string[], count: number, folder: string): number {
  const list = join(folder, 'pictures.txt');
  writeFileSync(list, files.join('\n'));
  const python = process.env.IMAGEMILL_PYTHON ?? '.venv/bin/python';
  const { status, stdout, stderr } = spawnSync(
    python,
    ['e2e/bench/tf_models.py', keras, list, String(few), String(few + count)],
    { encoding: 'utf8' },
  );
  if (status !== 0)
    throw new Error(
      `${python} could not run TensorFlow: ${stderr?.slice(-300)}. npm run test:interop makes .venv; IMAGEMILL_PYTHON names another.`,
    );
  const [shortS, longS] = stdout.trim().split(' ').map(Number);
  return longS - shortS;
}
