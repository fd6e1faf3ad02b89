/**
 * Fetches what the screen shows of examples, and keeps the newest: those that are asked for together go in one message.
 */
export class Gathered<T> {
  private readonly fetch: (ids: readonly number[]) => Promise<readonly T[]>;
  private readonly most: number;
  private readonly kept = new Map<string, Promise<T>>();
  private wanted: { id: number; resolve(one: T): void; reject(error: unknown): void }[] = [];

  /** Keeps at most `most`. */
  constructor(fetch: (ids: readonly number[]) => Promise<readonly T[]>, most: number) {
    this.fetch = fetch;
    this.most = most;
  }

  /** Of an example of the open data set, whose id tells its examples from another's. */
  get(dataset: string, id: number): Promise<T> {
    const key = `${dataset}/${id}`;
    const known = this.kept.get(key);
    if (known) return known;
    const one = new Promise<T>((resolve, reject) => {
      if (this.wanted.length === 0) queueMicrotask(() => void this.fetchWanted());
      this.wanted.push({ id, resolve, reject });
    });
    this.kept.set(key, one);
    one.catch(() => this.kept.delete(key));
    // A Map iterates in order of insertion: the first is the oldest.
    if (this.kept.size > this.most) this.kept.delete(this.kept.keys().next().value!);
    return one;
  }

  private async fetchWanted(): Promise<void> {
    const wanted = this.wanted;
    this.wanted = [];
    try {
      const all = await this.fetch(wanted.map(({ id }) => id));
      for (const [i, { resolve }] of wanted.entries()) resolve(all[i]!);
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}
