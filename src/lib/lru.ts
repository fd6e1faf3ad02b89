/** A cache of byte arrays that forgets what was used longest ago once it holds more than `maxBytes`. */
export class ByteLru<K> {
  #entries = new Map<K, Uint8Array>();
  #bytes = 0;
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: K): Uint8Array | undefined {
    const value = this.#entries.get(key);
    if (value) {
      // A Map iterates in order of insertion: putting it back makes it the youngest.
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** A value larger than the whole cache is not kept. */
  set(key: K, value: Uint8Array): void {
    this.#drop(key);
    if (value.byteLength > this.maxBytes) return;
    this.#entries.set(key, value);
    this.#bytes += value.byteLength;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: K): void {
    const value = this.#entries.get(key);
    if (!value) return;
    this.#bytes -= value.byteLength;
    this.#entries.delete(key);
  }
}
