/** Work of which only the newest matters: one at a time, and once more where it was asked for meanwhile. */
export class Latest {
  readonly #work: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  /** Asked for while it runs: how soon after. */
  #again: number | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** It will run at most `delayMs` from now, or from the end of the one that runs. */
  ask(delayMs = 0): void {
    if (this.#running) this.#again = Math.min(this.#again ?? delayMs, delayMs);
    else this.#timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  /** What was asked for is done when this resolves. Never rejects: the work tells its own failures. */
  async flush(): Promise<void> {
    await this.#running;
    if (this.#timer !== undefined) {
      this.cancel();
      this.#running = this.#run();
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#work().catch((error: unknown) => console.error(error));
    this.#running = undefined;
    const again = this.#again;
    this.#again = undefined;
    if (again !== undefined) this.ask(again);
  }

  /** Nothing more is begun. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = undefined;
  }
}
