import { breathe } from '@/lib/breathe.ts';
import type { DroppedFile } from '@/protocol/dataset.ts';

/** Whether a drag carries files, and not a text or a link. */
export const carriesFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

const entriesOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** Files that are asked for at once: as long as answers come, the browser takes them in one task. */
const AT_ONCE = 16;

/** All files below an entry. A folder hands out at most 100 entries a call. */
async function walk(entry: FileSystemEntry, found: DroppedFile[], look: () => void): Promise<void> {
  if (entry.isFile) {
    found.push({ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) });
    look();
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const entries = await entriesOf(reader);
    if (entries.length === 0) return;
    for (let from = 0; from < entries.length; from += AT_ONCE) {
      await Promise.all(entries.slice(from, from + AT_ONCE).map((child) => walk(child, found, look)));
      await breathe();
    }
  }
}

const byPath = (a: DroppedFile, b: DroppedFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** Files that can be looked at while a folder of thousands is still being listed. */
const FIRST = 6;

/**
 * What was dropped, folders walked, in the order of the paths so that one drop always gives one dataset. `onFirst` is
 * given the first few files as soon as they are found, where there are more to come.
 */
export async function readDrop(
  transfer: DataTransfer,
  onFirst: (files: readonly DroppedFile[]) => void = () => {},
): Promise<DroppedFile[]> {
  // The list is empty after the first await: take the entries at once.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return fromFileList(transfer.files);
  const found: DroppedFile[] = [];
  const look = () => {
    if (found.length === FIRST) onFirst([...found]);
  };
  await Promise.all(entries.map((entry) => walk(entry, found, look)));
  return found.sort(byPath);
}

/** What was picked with `<input type="file">`, with its folders where it was a folder. */
export const fromFileList = (files: Iterable<File>): DroppedFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).sort(byPath);
