import { useEffect } from 'react';
import { grantFiles } from '../../sources/index';
import { loadRecipeFile } from '../form/recipe-file';
import { useView } from '../state/view-store';
import { looseFiles } from './merge';
import { addLists, addSource, areLists } from './pick';

/** A dropped thing, asked for while the event lasts; afterwards the browser forgets it. */
interface DropItem {
  readonly kind: string;
  getAsFile(): File | null;
  webkitGetAsEntry(): FileSystemEntry | null;
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Takes folders and files that are dropped anywhere on the page. */
export function useDropAnywhere(): void {
  useEffect(() => {
    const { change } = useView.getState();
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth++;
      change({ dragging: true });
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) change({ dragging: false });
    };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      change({ dragging: false });
      void takeDrop(Array.from(event.dataTransfer?.items ?? []));
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop } as const;
    const names = Object.keys(listeners) as (keyof typeof listeners)[]; // the keys of the object above
    for (const name of names) window.addEventListener(name, listeners[name]);
    return () => {
      for (const name of names) window.removeEventListener(name, listeners[name]);
    };
  }, []);
}

/** Adds what was dropped: each folder a source of its own, loose files together, a recipe as the recipe. */
export async function takeDrop(items: readonly DropItem[]): Promise<void> {
  // Handles and entries must be asked for before the first await.
  const found = items
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({
      handle: item.getAsFileSystemHandle?.().catch(() => null) ?? null,
      entry: item.webkitGetAsEntry(),
      file: item.getAsFile(),
    }));
  const loose: File[] = [];
  for (const { handle, entry, file } of found) {
    const granted = await handle;
    if (granted?.kind === 'directory') {
      // A handle's kind says its type.
      addSource('folder', granted.name, { folder: granted as FileSystemDirectoryHandle });
    } else if (entry?.isDirectory) {
      const files = await readEntry(entry, '');
      addSource('folder', entry.name, { files: grantFiles(files) });
    } else if (file) loose.push(file);
  }
  const recipe = loose.length === 1 ? loose.find(({ name }) => /\.ya?ml$/i.test(name)) : undefined;
  if (recipe) await loadRecipeFile(recipe);
  else if (areLists(loose)) addLists(loose.map((file) => ({ name: file.name, file })));
  else if (loose.length > 0) addSource('files', looseFiles, { files: grantFiles(loose) });
}

/** Reads a dropped folder's files, all levels down, where there are no handles. */
async function readEntry(entry: FileSystemEntry, above: string): Promise<{ path: string; file: File }[]> {
  const path = above + entry.name;
  if (entry.isFile) {
    // An entry's kind says its type.
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: { path: string; file: File }[] = [];
  while (true) {
    // A reader gives at most 100 entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await readEntry(child, `${path}/`)));
  }
}
