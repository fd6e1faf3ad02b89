import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll } from 'vitest';

const SAMPLES = fileURLToPath(new URL('../../public/samples/', import.meta.url));

/** Bytes by path, with `/` between folders. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Real photographs of digits, or drawings, as `<class>/<file>.png`: so many of each class, from the `from`-th on. */
export async function pictures(
  sample: 'digits-5-9' | 'drawings',
  o: { each: number; from?: number; classes?: readonly string[] },
): Promise<Files> {
  const zip = unzipSync(new Uint8Array(await readFile(`${SAMPLES}${sample}.zip`)));
  const { from = 0 } = o;
  const seen = new Map<string, number>();
  const chosen = new Map<string, Uint8Array>();
  for (const [path, bytes] of Object.entries(zip)) {
    const [, name, file] = path.split('/');
    if (!name || !file || (o.classes && !o.classes.includes(name))) continue;
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    if (place >= from && place < from + o.each) chosen.set(`${name}/${file}`, bytes);
  }
  return chosen;
}

/** The same files with their class folders named anew. */
export const renamed = (files: Files, names: Readonly<Record<string, string>>): Files =>
  new Map([...files].map(([path, bytes]) => [path.replace(/^[^/]+/, (name) => names[name] ?? name), bytes]));

export interface Disk {
  /** Writes a folder and gives its path. */
  folder(name: string, files: Files): Promise<string>;
  file(name: string, bytes: Uint8Array | string): Promise<string>;
  /** A path that nothing lies at yet. */
  path(name: string): string;
}

/** A place on the disk for the files of one walk; gone when it ends. */
export function useDisk(): Disk {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'walk-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  const write = async (name: string, bytes: Uint8Array | string) => {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return path;
  };
  return {
    async folder(name, files) {
      await mkdir(join(root, name), { recursive: true });
      for (const [path, bytes] of files) await write(join(name, path), bytes);
      return join(root, name);
    },
    file: write,
    path: (name) => join(root, name),
  };
}
