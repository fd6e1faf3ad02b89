import { takeLock } from './locks.ts';

/** A file of 32-bit values that is read and written at any place, at once: the origin private file system in a worker. */
export interface RowFile {
  /** `at` counts values, not bytes. Throws a `QuotaExceededError` when the disk is full. */
  write(at: number, data: Float32Array | Int32Array): void;
  read(at: number, into: Float32Array | Int32Array): void;
  /** Closes and removes it. */
  close(): void;
}

const FOLDER = 'prefix-cache';
const lockOf = (owner: string): string => `${FOLDER}/${owner}`;
const rowFolder = async (create = false): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });

let own: Promise<FileSystemDirectoryHandle> | undefined;

/** This worker's own folder; its lock, held while the worker lives, tells other tabs that the files are in use. */
async function ownFolder(): Promise<FileSystemDirectoryHandle> {
  const owner = crypto.randomUUID();
  await takeLock(lockOf(owner));
  return (await rowFolder(true)).getDirectoryHandle(owner, { create: true });
}

/** Opens an empty file. Only workers have the synchronous handles that it stands on. */
export async function openRowFile(name: string): Promise<RowFile> {
  own ??= ownFolder();
  const folder = await own;
  const entry = await folder.getFileHandle(name, { create: true });
  const handle = await entry.createSyncAccessHandle();
  handle.truncate(0);
  return {
    write(at, data) {
      const written = handle.write(data as Float32Array<ArrayBuffer>, { at: 4 * at });
      if (written < data.byteLength) throw new DOMException('the disk is full', 'QuotaExceededError');
    },
    read(at, into) {
      handle.read(into as Float32Array<ArrayBuffer>, { at: 4 * at });
    },
    close() {
      handle.close();
      folder.removeEntry(name).catch(() => {});
    },
  };
}

/** Removes what closed tabs left behind; a tab that is open keeps its own. */
export async function clearRowFiles(): Promise<void> {
  const folder = await rowFolder().catch(() => undefined);
  if (!folder) return;
  for await (const owner of folder.keys()) {
    const release = await takeLock(lockOf(owner));
    if (!release) continue;
    await folder.removeEntry(owner, { recursive: true }).catch(() => {});
    release();
  }
}
