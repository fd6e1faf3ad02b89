import type { StudioClient } from '../client/client.ts';

/** Thumbnails that the page keeps; each is a few kilobytes. */
const KEPT = 1500;

/** Fetches thumbnails for what is on the screen: those that are asked for together go in one message. */
export class Thumbnails {
  private readonly client: StudioClient;
  private readonly kept = new Map<string, Promise<Blob>>();
  private wanted: { id: number; resolve(blob: Blob): void; reject(error: unknown): void }[] = [];

  constructor(client: StudioClient) {
    this.client = client;
  }

  /** Of an example of the open data set, whose id tells its pictures from another's. */
  get(dataset: string, id: number): Promise<Blob> {
    const key = `${dataset}/${id}`;
    const known = this.kept.get(key);
    if (known) return known;
    const blob = new Promise<Blob>((resolve, reject) => {
      if (this.wanted.length === 0) queueMicrotask(() => void this.fetch());
      this.wanted.push({ id, resolve, reject });
    });
    this.kept.set(key, blob);
    blob.catch(() => this.kept.delete(key));
    // A Map iterates in order of insertion: the first is the oldest.
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
    return blob;
  }

  private async fetch(): Promise<void> {
    const wanted = this.wanted;
    this.wanted = [];
    try {
      const blobs = await this.client.call({ kind: 'thumbnails', ids: wanted.map(({ id }) => id) });
      for (const [i, { resolve }] of wanted.entries()) resolve(blobs[i]!);
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}
