import { strToU8, Unzip, type UnzipFile, UnzipInflate } from 'fflate';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../../protocol/problems.ts';
import { isHidden, tidyPath } from '../paths.ts';

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

/**
 * Every file of a zip, inflated into blobs in one pass over the archive, which is never in memory as a whole.
 * Hidden and system files are left out. Of a damaged or cut archive, what could be read is kept and a warning says so.
 * Throws `zip-too-large` past a limit, `zip-damaged` where nothing could be read.
 */
export async function readZip(archive: Blob, name: string, limits: ZipLimits = ZIP_LIMITS): Promise<ZipContents> {
  const reading = new Reading(name, limits);
  const complete = (await reading.run(archive)) && (await hasDirectory(archive));
  if (!complete) {
    if (!reading.files.length) throw new ProblemError('zip-damaged', { file: name, kept: 0 });
    reading.problems.push(warning('zip-damaged', { file: name, kept: reading.files.length }));
  }
  return { files: reading.files, problems: reading.problems };
}

class Reading {
  readonly files: DroppedFile[] = [];
  readonly problems: Problem[] = [];
  #entries = 0;
  #inflated = 0;
  readonly #name: string;
  readonly #limits: ZipLimits;

  constructor(name: string, limits: ZipLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /** False where the archive ends within an entry. */
  async run(archive: Blob): Promise<boolean> {
    const unzip = new Unzip((entry) => this.#start(entry));
    unzip.register(UnzipInflate);
    for (let at = 0; at < archive.size; at += STEP) {
      const chunk = new Uint8Array(await archive.slice(at, at + STEP).arrayBuffer());
      const last = at + STEP >= archive.size;
      try {
        unzip.push(chunk, last);
      } catch {
        return false;
      }
      // Not in the callbacks: the library catches what they throw.
      this.#check(at + chunk.length);
    }
    return archive.size > 0;
  }

  #start(entry: UnzipFile): void {
    this.#entries += 1;
    const path = tidyPath(entryName(entry.name));
    // An entry that is not started is skipped without inflating it.
    if (this.#entries > this.#limits.entries || entry.name.endsWith('/') || isHidden(path)) return;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let over = false;
    entry.ondata = (error, chunk, final) => {
      if (over) return;
      if (error) {
        over = true;
        this.problems.push(warning('zip-damaged', { file: this.#name, entry: path }));
        return;
      }
      this.#inflated += chunk.length;
      if (this.#tooMuch(Number.POSITIVE_INFINITY)) over = true;
      if (chunk.length) chunks.push(chunk as Uint8Array<ArrayBuffer>);
      if (!final) return;
      over = true;
      this.files.push({ path, file: new Blob(chunks) });
    };
    try {
      entry.start();
    } catch {
      // A compression that the library does not know.
      if (!over) this.problems.push(warning('zip-damaged', { file: this.#name, entry: path }));
      over = true;
    }
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

/** macOS writes UTF-8 names without the flag that says so; then the library reads them as Latin-1. */
function entryName(name: string): string {
  if (!/[\x80-\xff]/.test(name) || /[^\0-\xff]/.test(name)) return name;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(strToU8(name, true));
  } catch {
    return name;
  }
}

/** Whether the end-of-central-directory record is there: at most 65,535 bytes of comment follow its 22. */
async function hasDirectory(archive: Blob): Promise<boolean> {
  const tail = new Uint8Array(await archive.slice(Math.max(0, archive.size - 65_557)).arrayBuffer());
  for (let i = tail.length - 22; i >= 0; i--) {
    if (tail[i] === 0x50 && tail[i + 1] === 0x4b && tail[i + 2] === 5 && tail[i + 3] === 6) return true;
  }
  return false;
}
