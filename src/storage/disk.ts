/** Files of one project. A file is written once, whole, and then only read or removed. */
export interface Folder {
  /** The file is on the disk when this resolves. Throws a `QuotaExceededError`; then nothing of it is left. */
  write(name: string, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<File>;
  /** Read from the disk when it is asked for its bytes. Throws a `NotFoundError`. */
  open(name: string): Promise<File>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** Where the bytes of all projects lie. */
export interface Disk {
  folder(project: string): Promise<Folder>;
  projects(): Promise<string[]>;
  remove(project: string): Promise<void>;
}

const FOLDER = 'projects';

/** The origin private file system. Throws where there is none, as in some private windows. */
export async function originDisk(name = FOLDER): Promise<Disk> {
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) throw new Error('no synchronous access handles');
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  return {
    folder: async (project) => folderOf(await root.getDirectoryHandle(project, { create: true })),
    projects: () => namesIn(root),
    remove: (project) => root.removeEntry(project, { recursive: true }).catch(ignoreMissing),
  };
}

function folderOf(folder: FileSystemDirectoryHandle): Folder {
  return {
    async write(name, parts) {
      const entry = await folder.getFileHandle(name, { create: true });
      try {
        await writeAll(entry, parts);
      } catch (error) {
        await folder.removeEntry(name).catch(() => {});
        throw error;
      }
      return entry.getFile();
    },
    open: async (name) => (await folder.getFileHandle(name)).getFile(),
    remove: (name) => folder.removeEntry(name).catch(ignoreMissing),
    names: () => namesIn(folder),
  };
}

async function writeAll(entry: FileSystemFileHandle, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const handle = await entry.createSyncAccessHandle();
  try {
    handle.truncate(0);
    let at = 0;
    for await (const part of parts) {
      const written = handle.write(part as Uint8Array<ArrayBuffer>, { at });
      if (written < part.byteLength) throw new DOMException('the disk is full', 'QuotaExceededError');
      at += written;
    }
    handle.flush();
  } finally {
    handle.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}
