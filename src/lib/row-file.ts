/** A file of 32-bit values that is read and written at any place, at once: the origin private file system in a worker. */
export interface RowFile {
  /** `at` counts values, not bytes. Throws a `QuotaExceededError` when the disk is full. */
  write(at: number, data: Float32Array | Int32Array): void;
  read(at: number, into: Float32Array | Int32Array): void;
  /** Closes and removes it. */
  close(): void;
}

const FOLDER = 'prefix-cache';

/** Opens an empty file. Only workers have the synchronous handles that it stands on. */
export async function openRowFile(name: string): Promise<RowFile> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
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

/** Removes what a closed tab left behind. */
export async function clearRowFiles(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => {});
}
