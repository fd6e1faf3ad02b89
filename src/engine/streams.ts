/** A text that is being written. */
export interface Stream {
  /** Somebody wants no more of it. */
  stopped: boolean;
  /** The device that it is written on went away. */
  lost: boolean;
}

/** The texts that are being written, by name. */
export class Streams {
  readonly #open = new Map<string, { stream: Stream; done: Promise<unknown> }>();

  /** Writes one text; what is still being written under the same name is stopped before. */
  async run<T>(name: string, write: (stream: Stream) => Promise<T>): Promise<T> {
    while (this.#open.has(name)) await this.stop(name);
    const stream = { stopped: false, lost: false };
    const work = write(stream);
    const entry = { stream, done: work.catch(() => {}) };
    this.#open.set(name, entry);
    try {
      return await work;
    } finally {
      if (this.#open.get(name) === entry) this.#open.delete(name);
    }
  }

  /** Resolves when it has ended. */
  async stop(name: string): Promise<void> {
    const entry = this.#open.get(name);
    if (!entry) return;
    entry.stream.stopped = true;
    await entry.done;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((name) => this.stop(name)));
  }

  lose(): void {
    for (const { stream } of this.#open.values()) Object.assign(stream, { stopped: true, lost: true });
  }
}
