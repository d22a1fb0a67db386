import { megabytes, RunError } from '../core/failure';
import type { FileRecord } from '../core/plugin';
import { handleFolder } from '../targets/handles';
import { runFolder } from '../targets/run-folder';
import { readStaging, zipBytes, zipStream } from '../targets/zip';
import { type Checkpoint, pageCheckpoints } from './checkpoint';

/**
 * Saves a finished run's staged files as one archive: through the save picker where there is one, else as a
 * download. Nothing is held in memory: the archive streams from the browser's storage.
 * @throws RunError `target` when the browser has cleared the files; AbortError when the person closes the picker.
 */
export async function saveZip(runId: string, fileName: string): Promise<void> {
  const picked = 'showSaveFilePicker' in window ? await pickFile(fileName) : null;
  const [folder, records] = await Promise.all([readStaging(runId), allFiles(runId)]);
  const stream = await zipStream(folder, records);
  if (picked !== null) {
    await stream.pipeTo(await picked.createWritable());
    return;
  }
  await download(stream, await zipBytes(records), runId, fileName);
}

/** One of a run's committed files, from the browser's storage or the folder it was saved to; null when it is gone. */
export async function readOutput(runId: string, path: string): Promise<Blob | null> {
  const checkpoint = await pageCheckpoints().load(runId);
  const folder = checkpoint?.recipe.output.target === 'directory' ? checkpoint.grants?.output : undefined;
  if (folder === undefined) return (await readStaging(runId)).read(path);
  return (await (await handleFolder(folder).findFile(path))?.getFile()) ?? null;
}

async function allFiles(runId: string): Promise<readonly FileRecord[]> {
  const checkpoint: Checkpoint | null = await pageCheckpoints().load(runId);
  if (checkpoint?.report === undefined) {
    throw new RunError(
      'target',
      'This run is not finished, or the browser has cleared its storage. Resume it or run again.',
    );
  }
  const own = checkpoint.report.files.filter((file) => file.format === null);
  return [...checkpoint.committed.flatMap((shard) => shard.files), ...(checkpoint.companions ?? []), ...own];
}

/** The save picker, which TypeScript's library does not know yet. Must follow a click. */
async function pickFile(suggestedName: string): Promise<FileSystemFileHandle> {
  const picker = window as unknown as {
    showSaveFilePicker(options: object): Promise<FileSystemFileHandle>;
  };
  return picker.showSaveFilePicker({
    suggestedName,
    types: [{ description: 'Zip archive', accept: { 'application/zip': ['.zip'] } }],
  });
}

/** Without a picker the archive is put together in the browser's storage first: a download needs a whole file. */
async function download(
  stream: ReadableStream<Uint8Array>,
  bytes: number,
  runId: string,
  fileName: string,
): Promise<void> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (quota - usage < bytes) {
    throw new RunError(
      'target-full',
      `The archive needs ${megabytes(bytes)} beside the staged files, and the browser gives ${megabytes(quota - usage)}. Free disk space, or run again and save to a folder.`,
    );
  }
  const home = await runFolder(runId, true); // it goes when the run is forgotten
  const handle = await home.getFileHandle('archive.zip', { create: true });
  await stream.pipeTo(await handle.createWritable());
  const url = URL.createObjectURL(await handle.getFile());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download reads on after the click; the address is kept until the page goes.
}
