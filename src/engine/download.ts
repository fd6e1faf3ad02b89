import { sha256 } from '../lib/hash.ts';
import { ProblemError } from '../protocol/problems.ts';

/** The browser's store of weights, by address. The page looks into it to say what is already here. */
export const WEIGHTS_CACHE = 'tuning-fork-models';

export interface Download {
  bytes: Uint8Array;
  /** Came from the browser's cache. */
  cached: boolean;
}

/** Where bytes come from; a test gives its own. */
export type Fetch = (url: string) => Promise<Response>;

/** A private window may have no cache: then every visit downloads. */
const openCache = async (): Promise<Cache | undefined> =>
  typeof caches === 'undefined' ? undefined : caches.open(WEIGHTS_CACHE).catch(() => undefined);

async function readAll(response: Response, size: number, onProgress: (done: number, total: number) => void) {
  const bytes = new Uint8Array(size);
  let done = 0;
  onProgress(0, size);
  const reader = response.body!.getReader();
  for (;;) {
    const { done: over, value } = await reader.read();
    if (over) break;
    if (done + value.length > size) return undefined;
    bytes.set(value, done);
    done += value.length;
    onProgress(done, size);
  }
  return done === size ? bytes : undefined;
}

/**
 * Streams a file whose size and SHA-256 are known, from the browser's cache where it is there. Throws `model-missing`,
 * `model-damaged` (cut short or too long) and `model-hash`, each naming `file`; a damaged copy in the cache is thrown
 * away and loaded again.
 */
export async function download(
  url: string,
  expected: { file: string; bytes: number; sha256: string },
  onProgress: (done: number, total: number) => void,
  fetcher: Fetch = fetch,
): Promise<Download> {
  const cache = await openCache();
  const kept = await cache?.match(url);
  if (kept) {
    const bytes = await readAll(kept, expected.bytes, onProgress);
    if (bytes && (await sha256(bytes)) === expected.sha256) return { bytes, cached: true };
    await cache?.delete(url);
  }
  const response = await fetcher(url).catch((cause: unknown) => {
    throw new ProblemError('model-missing', { file: expected.file }, { cause });
  });
  if (!response.ok || !response.body) throw new ProblemError('model-missing', { file: expected.file });
  const bytes = await readAll(response, expected.bytes, onProgress).catch(() => undefined);
  if (!bytes) throw new ProblemError('model-damaged', { file: expected.file, reason: 'size' });
  if ((await sha256(bytes)) !== expected.sha256) throw new ProblemError('model-hash', { file: expected.file });
  await cache?.put(url, new Response(bytes as Uint8Array<ArrayBuffer>)).catch(() => {});
  return { bytes, cached: false };
}
