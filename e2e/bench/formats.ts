import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formats } from '../../src/formats/index';
import { measureShares } from './format-shares';
import { makeRows, type WriterRows, writeRows } from './format-writers';
import { median, more, type Row } from './row';
import type { Bench } from './speed';

const rounds = 5;

/**
 * Measures every format of the registry: its writer beside the library that people use, on the same rows in the same
 * run, then the share of a whole run's time that goes into writing it.
 */
export async function measureFormats(pictures: readonly string[], bench: Bench): Promise<readonly Row[]> {
  const folder = join(bench.folder, 'formats');
  mkdirSync(folder);
  try {
    const rows = await makeRows(pictures.slice(0, 600));
    const writers = await measureWriters(rows, folder, bench);
    return [...writers.measured, ...(await measureShares(pictures, writers.msPerRow, bench))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureWriters(rows: WriterRows, folder: string, { say }: Bench) {
  const peers = runPeers(rows, folder, say);
  const measured: Row[] = [];
  const msPerRow = new Map<string, number>();
  for (const format of formats) {
    const times: number[] = [];
    let bytes = 0;
    for (let round = -1; round < rounds; round++) {
      const output = join(folder, format.id);
      const done = await writeRows(format, rows, output);
      rmSync(output, { recursive: true });
      bytes = done.bytes;
      if (round >= 0) times.push(done.ms);
    }
    // The same rows, so the same megabytes for both: ours.
    const rate = (ms: number) => bytes / 1e6 / (ms / 1000);
    const peer = peers.get(format.id);
    msPerRow.set(format.id, median(times) / rows.rows.length);
    say(
      `${format.id}: ${(bytes / 1e6).toFixed(1)} MB, ours ${rate(median(times)).toFixed(0)} MB/s` +
        (peer === undefined ? '' : `, ${peer.name} ${rate(peer.ms).toFixed(0)} MB/s`),
    );
    if (peer !== undefined)
      measured.push(more(`write-${format.id}`, 'MB/s', rate(median(times)), peer.name, rate(peer.ms)));
  }
  return { measured, msPerRow };
}

/** The median processor's milliseconds of each format's peer, by `peers.py`; none where Python or its packages are missing. */
function runPeers(
  rows: WriterRows,
  folder: string,
  say: Bench['say'],
): ReadonlyMap<string, { readonly name: string; readonly ms: number }> {
  const python = process.env.IMAGEMILL_PYTHON ?? join(process.cwd(), '.venv/bin/python');
  const given = join(folder, 'rows');
  mkdirSync(given);
  writeFileSync(join(given, 'tensors'), Buffer.concat(rows.rows.map(({ tensor }) => tensor.bytes)));
  writeFileSync(join(given, 'pictures'), Buffer.concat(rows.rows.map(({ picture }) => picture.bytes)));
  const lengths = rows.rows.map(({ picture }) => picture.bytes.length);
  writeFileSync(join(given, 'rows.json'), JSON.stringify({ ...rows.table, lengths, shape: rows.info.shape }));
  const script = join(import.meta.dirname, 'peers.py');
  const done = spawnSync(python, [script, given, String(rounds)], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  rmSync(given, { recursive: true });
  if (done.status !== 0) {
    say(
      `No peers: ${python} ended with ${done.status}; npm run test:interop installs them. ${done.stderr ?? ''}`,
    );
    return new Map();
  }
  return new Map(Object.entries(JSON.parse(done.stdout)));
}
