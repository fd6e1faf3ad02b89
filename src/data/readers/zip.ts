import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../../protocol/problems.ts';
import { isHidden, leadsOut, tidyPath } from '../paths.ts';
import { readDirectory } from './zip-directory.ts';
import { entryName } from './zip-names.ts';

export interface ZipLimits {
  entries: number;
  /** Bytes of all entries together, inflated. */
  bytes: number;
  /** Inflated over compressed bytes, of the archive so far. */
  ratio: number;
  /** Below this many inflated bytes the ratio is not asked for: a small archive of flat drawings packs very well. */
  ratioFrom: number;
}
export const ZIP_LIMITS: ZipLimits = { entries: 50_000, bytes: 4 * 2 ** 30, ratio: 200, ratioFrom: 32 * 2 ** 20 };

export interface ZipContents {
  files: DroppedFile[];
  problems: Problem[];
}

/** One push may inflate to 1032 times as much: this bounds it to 66 MB. */
const STEP = 64 * 1024;
/** Read at once: a slice for every step would take longer than inflating it. */
const BLOCK = 64 * STEP;
/** So much of an entry is handed to the browser, which may put it on its disk. */
const FOLD = 32 * 2 ** 20;

/**
 * Every file of a zip, inflated into blobs in one pass over the archive, which is never in memory as a whole.
 * Hidden and system files are left out. Of a damaged or cut archive, what could be read is kept and a warning says so;
 * encrypted entries are told together (`zip-encrypted`), and a path that leads out is cut down to what lies within
 * (`zip-entry-outside`). Throws `zip-too-large` past a limit, `zip-damaged` or `zip-encrypted` where nothing could be read.
 */
export async function readZip(archive: Blob, name: string, limits: ZipLimits = ZIP_LIMITS): Promise<ZipContents> {
  const directory = await readDirectory(archive);
  const reading = new Reading(name, limits, directory?.encrypted ?? new Set());
  const complete = (await reading.run(archive)) && directory !== null;
  const { files, problems, encrypted } = reading;
  if (encrypted.length) {
    const values = { file: name, entry: encrypted[0]!, count: encrypted.length };
    if (!files.length) throw new ProblemError('zip-encrypted', values);
    problems.push(warning('zip-encrypted', values));
  }
  if (!complete) {
    if (!files.length) throw new ProblemError('zip-damaged', { file: name, kept: 0 });
    problems.push(warning('zip-damaged', { file: name, kept: files.length }));
  }
  return { files, problems };
}

class Reading {
  readonly files: DroppedFile[] = [];
  readonly problems: Problem[] = [];
  /** Paths of entries that need a password. */
  readonly encrypted: string[] = [];
  #entries = 0;
  #inflated = 0;
  readonly #name: string;
  readonly #limits: ZipLimits;
  readonly #locked: ReadonlySet<string>;

  constructor(name: string, limits: ZipLimits, locked: ReadonlySet<string>) {
    this.#name = name;
    this.#limits = limits;
    this.#locked = locked;
  }

  /** False where the archive ends within an entry. */
  async run(archive: Blob): Promise<boolean> {
    const unzip = new Unzip((entry) => this.#start(entry));
    unzip.register(UnzipInflate);
    for (let from = 0; from < archive.size; from += BLOCK) {
      const block = new Uint8Array(await archive.slice(from, from + BLOCK).arrayBuffer());
      for (let at = 0; at < block.length; at += STEP) {
        const chunk = block.slice(at, at + STEP);
        const end = from + at + chunk.length;
        try {
          unzip.push(chunk, end === archive.size);
        } catch {
          return false;
        }
        // Not in the callbacks: the library catches what they throw.
        this.#check(end);
      }
    }
    return archive.size > 0;
  }

  #start(entry: UnzipFile): void {
    this.#entries += 1;
    const written = entryName(entry.name);
    const path = tidyPath(written);
    // An entry that is not started is skipped without inflating it.
    if (this.#entries > this.#limits.entries || !path || /[\\/]$/.test(written) || isHidden(path)) return;
    if (this.#locked.has(entry.name)) {
      this.encrypted.push(path);
      return;
    }
    if (leadsOut(written)) {
      this.problems.push(warning('zip-entry-outside', { file: this.#name, entry: written, name: path }));
    }
    const parts: Blob[] = [];
    let chunks: Uint8Array<ArrayBuffer>[] = [];
    let waiting = 0;
    const fold = () => {
      parts.push(new Blob(chunks));
      chunks = [];
      waiting = 0;
    };
    let over = false;
    entry.ondata = (error, chunk, final) => {
      if (over) return;
      if (error) {
        over = true;
        this.problems.push(this.#damaged(path));
        return;
      }
      this.#inflated += chunk.length;
      if (this.#tooMuch(Number.POSITIVE_INFINITY)) over = true;
      if (chunk.length) chunks.push(chunk as Uint8Array<ArrayBuffer>);
      waiting += chunk.length;
      if (final || waiting >= FOLD) fold();
      if (!final) return;
      over = true;
      this.files.push({ path, file: parts.length === 1 ? parts[0]! : new Blob(parts) });
    };
    try {
      entry.start();
    } catch {
      // A compression that the library does not know.
      if (!over) this.problems.push(this.#damaged(path));
      over = true;
    }
  }

  #damaged(entry: string): Problem {
    return warning('zip-damaged', { file: this.#name, entry, reason: 'entry' });
  }

  /** Which limit is passed, after `consumed` bytes of the archive. */
  #tooMuch(consumed: number): keyof ZipLimits | null {
    const { entries, bytes, ratio, ratioFrom } = this.#limits;
    if (this.#entries > entries) return 'entries';
    if (this.#inflated > bytes) return 'bytes';
    if (this.#inflated > ratioFrom && this.#inflated > ratio * consumed) return 'ratio';
    return null;
  }

  #check(consumed: number): void {
    const reason = this.#tooMuch(consumed);
    if (reason) throw new ProblemError('zip-too-large', { file: this.#name, reason, limit: this.#limits[reason] });
  }
}
