import type { Grants } from '../../core/plugin';
import { grantFiles } from '../../sources/index';
import { useRecipe } from '../state/recipe-store';
import { messageOf, useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { looseFiles } from './merge';

/** The part of the File System Access API that TypeScript's library does not know yet. */
interface PickerWindow {
  showDirectoryPicker?(options?: {
    mode?: 'read' | 'readwrite';
    id?: string;
  }): Promise<FileSystemDirectoryHandle>;
}

// The window of this browser has the picker or has not: its type is asked at run time.
const picker = () => (window as unknown as PickerWindow).showDirectoryPicker?.bind(window);

/** Says whether this browser lets a folder be picked for writing. */
export const canPickFolder = (): boolean => picker() !== undefined;

/** Asks for a folder. Null when the person changed their mind; throws when the browser refuses. */
export async function pickFolder(mode: 'read' | 'readwrite'): Promise<FileSystemDirectoryHandle | null> {
  const pick = picker();
  if (pick === undefined) throw new Error('This browser has no folder picker. Choose zip under Save to.');
  try {
    return await pick({ mode, id: mode === 'read' ? 'images' : 'dataset' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Asks for a folder to read: a handle where there is a picker, else its files. Null when the person changed their mind. */
export async function askFolder(): Promise<{ readonly name: string; readonly grants: Grants } | null> {
  if (canPickFolder()) {
    const folder = await pickFolder('read');
    return folder && { name: folder.name, grants: { folder } };
  }
  const picked = await askInput({ folder: true });
  return picked.length > 0 ? { name: folderName(picked), grants: { files: grantFiles(picked) } } : null;
}

/** Adds a folder that the person picks. */
export async function addFolder(): Promise<void> {
  try {
    const folder = await askFolder();
    if (folder) addSource('folder', folder.name, folder.grants);
  } catch (error) {
    useView.getState().notify(`The folder could not be opened: ${messageOf(error)}`, { tone: 'bad' });
  }
}

/** Adds files that the person picks. */
export async function addFiles(): Promise<void> {
  const picked = await askInput({ folder: false });
  if (picked.length > 0) addSource('files', looseFiles, { files: grantFiles(picked) });
}

/** Adds the dataset that is drawn by code. */
export function addSample(): void {
  addSource('sample', 'Sample dataset', {});
}

/** Lists of links, as they are granted. */
type Lists = NonNullable<Grants['lists']>;

/** Adds lists of links, read by the columns that the recipe names. */
export function addLists(lists: Lists): void {
  // The schema of the links' knobs checked what the recipe holds of them.
  const knobs = useRecipe.getState().recipe.source.links as Readonly<Record<string, unknown>>;
  const [first] = lists;
  const name = lists.length === 1 && first ? first.name : `${lists.length} lists`;
  useSources.getState().add({ kind: 'links', name, grants: { lists }, knobs });
  useView.getState().show('images');
}

/** A list made of what was pasted. */
export const pastedList = (text: string): Lists[number] => ({ name: 'Pasted links', file: new Blob([text]) });

/** Asks for lists of links. Empty when the person changed their mind. */
export async function askLists(): Promise<Lists> {
  const picked = await askInput({ folder: false, accept: '.txt,.csv,.tsv,.json,.jsonl,.ndjson,.parquet' });
  return picked.map((file) => ({ name: file.name, file }));
}

/** True for files of which each may be a list of links by its name. */
export const areLists = (files: readonly File[]): boolean =>
  files.length > 0 && files.every(({ name }) => /\.(txt|csv|tsv|json|jsonl|ndjson|parquet)$/i.test(name));

/** Adds a source and shows its images. */
export function addSource(...[kind, name, grants]: SourceParts): void {
  useSources.getState().add({ kind, name, grants });
  useView.getState().show('images');
}

type NewSource = Parameters<ReturnType<typeof useSources.getState>['add']>[0];
type SourceParts = readonly [kind: NewSource['kind'], name: string, grants: NewSource['grants']];

/** Asks for files through an input: the way that every browser has. Empty when the person changed their mind. */
export function askInput(options: {
  readonly folder: boolean;
  readonly accept?: string;
}): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.hidden = true;
    input.webkitdirectory = options.folder;
    if (options.accept) input.accept = options.accept;
    const finish = () => {
      resolve(Array.from(input.files ?? []));
      input.remove();
    };
    input.addEventListener('change', finish, { once: true });
    input.addEventListener('cancel', finish, { once: true });
    document.body.append(input); // some browsers and all test drivers want it in the page
    input.click();
  });
}

function folderName(files: readonly File[]): string {
  return files[0]?.webkitRelativePath.split('/')[0] || 'Folder';
}
