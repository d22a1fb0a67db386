import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Makes an archive of files by a program of this machine; null where there is no such program. */
export function packWith(
  program: string,
  argv: (archive: string) => readonly string[],
  files: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> | null {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
      writeFileSync(join(folder, 'in', name), content);
    }
    const archive = join(folder, 'out.archive');
    execFileSync(program, argv(archive), { cwd: join(folder, 'in'), stdio: 'pipe' });
    return new Uint8Array(readFileSync(archive));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
