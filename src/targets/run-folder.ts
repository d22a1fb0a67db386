/** A run's folder in the browser's own storage. Throws NotFoundError when it is missing and not to be made. */
export async function runFolder(runId: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  const origin = await navigator.storage.getDirectory();
  const runs = await origin.getDirectoryHandle('runs', { create });
  return runs.getDirectoryHandle(runId, { create });
}
