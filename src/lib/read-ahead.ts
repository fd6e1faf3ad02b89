/**
 * What `read` makes of each item, in their order: while one is used, up to `ahead` more are read, one after the other, so
 * that no more is open at once than without it. An error comes at the place of the item that it is of, and ends it.
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  read: (item: T) => Promise<R>,
  ahead = 2,
): AsyncGenerator<R, void, undefined> {
  const rest = items[Symbol.iterator]();
  const begun: Promise<R>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    while (begun.length <= ahead) {
      const next = rest.next();
      if (next.done) return;
      const reading = last.then(() => read(next.value));
      // told of where it is asked for, and of no interest where nobody asks any more
      reading.catch(() => {});
      begun.push(reading);
      last = reading;
    }
  };
  for (begin(); begun.length > 0; begin()) yield await begun.shift()!;
}
