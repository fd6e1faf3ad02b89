/** Lets go of a lock. */
export type Release = () => void;

/**
 * Takes a lock that all tabs of the site share, and holds it until it is let go or the worker ends. Undefined where
 * another holds it for longer than `waitMs`: a page that was just closed or loaded anew lets go a moment later.
 * Without the Web Locks API every lock is free.
 */
export async function takeLock(name: string, waitMs = 0): Promise<Release | undefined> {
  if (!navigator.locks) return () => {};
  const options = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => {
      if (lock) return new Promise<void>((release) => resolve(release));
      return resolve(undefined);
    };
    navigator.locks.request(name, options, held).catch((error: unknown) => {
      const late = error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);
      return late ? resolve(undefined) : reject(error);
    });
  });
}

/** Names of the locks that are held, in this tab or another. */
export async function heldLocks(): Promise<ReadonlySet<string>> {
  if (!navigator.locks) return new Set();
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => name ?? []));
}
