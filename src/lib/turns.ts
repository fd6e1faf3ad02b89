import { breathe } from './breathe.ts';

/** Milliseconds of work after which waiting messages run: a frame. */
const SLICE_MS = 16;

/** Lets messages run now and then, in a loop that would otherwise hold them up. */
export class Turns {
  private since = performance.now();

  /** True where it let some run. */
  async next(): Promise<boolean> {
    if (performance.now() - this.since < SLICE_MS) return false;
    await breathe();
    this.since = performance.now();
    return true;
  }
}
