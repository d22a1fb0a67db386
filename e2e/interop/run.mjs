// Opens what Imagemill writes with the software that people use: `npm run test:interop`.
// Makes .venv with pinned packages, runs every check, and ends with `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirements = join(root, 'e2e/interop/requirements.txt');
const stamp = join(root, '.venv/requirements.txt');

const checks = [
  ['resampling is Pillow’s, on random boxes', [python, 'e2e/interop/pillow_resample.py', '--rounds', '40']],
  [
    'the other conventions of resampling are TensorFlow’s and OpenCV’s',
    [python, 'e2e/interop/conventions.py', '--rounds', '20'],
  ],
  ['augmentations are held to what this Pillow gives', [python, 'e2e/interop/pillow_augment.py']],
  [
    'from JPEG and PNG to images.npy, every fit and filter is Pillow’s',
    [python, 'e2e/interop/pillow_pipeline.py'],
  ],
  ['16-bit PNGs keep their bits, by NumPy and Pillow’s mode F', [python, 'e2e/interop/deep_pixels.py']],
  [
    'odd colour modes are Pillow’s, and profiles are converted as lcms does',
    [python, 'e2e/interop/colour.py'],
  ],
  ['the built-in descriptor is what NumPy makes of its formula', [python, 'e2e/interop/descriptor.py']],
  ['a dataset of real photographs opens in NumPy and pandas', [python, 'e2e/interop/dataset.py']],
  [
    'every value of every format is what went in, unusual names and all',
    [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'node', 'src/formats/interop'],
  ],
  [
    'HDF5 opens in h5py and hdf5-tools, beyond 4 GiB too',
    [
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'node',
      'src/formats/hdf5-interop.test.ts',
    ],
  ],
  [
    'hdf5, webdataset and imagefolder give h5py, tarfile and Hugging Face the rows of jsonl and npy',
    [python, 'e2e/interop/loaders.py'],
  ],
  [
    'a zip of over 4 GiB and one of 70,000 entries open in unzip and zipfile',
    [python, 'e2e/interop/large_zip.py'],
  ],
  [
    'photographs with unusual names open in NumPy, pyarrow, datasets, DuckDB, polars and TensorFlow',
    [python, 'e2e/interop/photographs.py'],
  ],
  ['every network is Keras’, with weights that Keras wrote as .h5', [python, 'e2e/interop/keras_models.py']],
  ['an npz of over 4 GiB opens in NumPy, zipfile and unzip', [python, 'e2e/interop/large_npz.py']],
];

// TensorFlow's own log says nothing of our files.
const env = { ...process.env, IMAGEMILL_PYTHON: python, TF_CPP_MIN_LOG_LEVEL: '3' };
const counts = { passed: 0, failed: 0 };
if (prepare()) {
  const waiting = [...checks];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, command] = next;
      const { ok, said } = await check(command);
      process.stdout.write(`\n· ${name}\n${said}`);
      counts[ok ? 'passed' : 'failed']++;
    }
  };
  // Two at once: each waits for a browser or a disk half of the time. More would want more memory than a small machine has.
  await Promise.all([work(), work()]);
} else {
  process.stdout.write(
    'Python 3 with venv, or the packages of e2e/interop/requirements.txt, cannot be had here: nothing was checked.\n',
  );
  counts.failed = checks.length;
}
const at = process.argv.indexOf('--json');
if (at > 0) writeFileSync(process.argv[at + 1], JSON.stringify(counts));
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function prepare() {
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  const made = run(['python3', '-m', 'venv', '--clear', join(root, '.venv')]) || installVenv();
  // Without --retries 0 an index that does not answer costs minutes.
  if (!made || !run([python, '-m', 'pip', 'install', '--quiet', '--retries', '0', '-r', requirements]))
    return false;
  writeFileSync(stamp, wanted);
  return true;
}

/** Debian keeps venv apart from Python. */
function installVenv() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  run(['apt-get', 'update']);
  return (
    run(['apt-get', 'install', '-y', 'python3-venv']) &&
    run(['python3', '-m', 'venv', '--clear', join(root, '.venv')])
  );
}

/** Runs a check; what it says is told when it has ended, since another is saying something too. */
async function check([command, ...args]) {
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  const [status] = await once(child, 'close');
  return { ok: status === 0, said };
}

function run([command, ...args]) {
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  return status === 0;
}
