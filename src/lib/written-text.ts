/** A character that is not whole yet decodes to this. */
const BROKEN = '\uFFFD';

/**
 * Tokens that come one by one, as text. A token may end within a character, of which nothing is shown until it is whole;
 * and nothing is shown of what may become the text to stop at.
 */
export class WrittenText {
  readonly #decode: (ids: readonly number[]) => string;
  readonly #lead: string;
  readonly #stops: readonly string[];
  #ids: number[] = [];
  /** Tokens before this place are in `#whole` for good. */
  #from = 0;
  /** Tokens between `#from` and here are in `#whole` too, and say how the ones after them begin. */
  #read = 0;
  #whole = '';
  #stopped = false;

  /** `lead` is what a text begins with and that is none of it; empty texts to stop at are none. */
  constructor(decode: (ids: readonly number[]) => string, o: { lead?: string; stops?: readonly string[] } = {}) {
    this.#decode = decode;
    this.#lead = o.lead ?? '';
    this.#stops = (o.stops ?? []).filter(Boolean);
  }

  /** Whether the text to stop at has come. */
  get stopped(): boolean {
    return this.#stopped;
  }

  push(id: number): void {
    this.#ids.push(id);
    // a window of the last tokens, as decoders may look at the one before
    const before = this.#decode(this.#ids.slice(this.#from, this.#read));
    const now = this.#decode(this.#ids.slice(this.#from));
    if (now.length <= before.length || now.endsWith(BROKEN)) return;
    this.#whole += now.slice(before.length);
    this.#from = this.#read;
    this.#read = this.#ids.length;
    const places = this.#stops.map((stop) => this.#whole.indexOf(stop)).filter((place) => place >= 0);
    if (places.length === 0) return;
    this.#stopped = true;
    this.#whole = this.#whole.slice(0, Math.min(...places));
  }

  /** All that is whole; `final` shows too what looked like the beginning of a text to stop at. */
  text(final = false): string {
    const led = this.#whole.startsWith(this.#lead) ? this.#whole.slice(this.#lead.length) : this.#whole;
    return final || this.#stopped ? led : led.slice(0, led.length - this.#held(led));
  }

  /** Length of the longest end of a text that a text to stop at begins with. */
  #held(text: string): number {
    const lengths = this.#stops.map((stop) => {
      for (let length = Math.min(stop.length - 1, text.length); length > 0; length--)
        if (text.endsWith(stop.slice(0, length))) return length;
      return 0;
    });
    return Math.max(0, ...lengths);
  }
}
