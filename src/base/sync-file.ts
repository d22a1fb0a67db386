/** What dedicated workers can do with a file of the browser's own storage; TypeScript keeps it in another library. */
export interface SyncAccess {
  /** Gives how many bytes were written. */
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** Opens a file of the browser's own storage for writing; in a worker only, and once at a time. */
export function openSync(handle: FileSystemFileHandle): Promise<SyncAccess> {
  return (
    handle as FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccess> }
  ).createSyncAccessHandle();
}
