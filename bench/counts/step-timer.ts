import { processorMs } from '../lib/processor.ts';

/** Milliseconds of steps that are timed together: to ask for the processor time takes some itself. */
const BLOCK_MS = 40;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Processor time of a step, by blocks of them. */
export class StepTimer {
  private readonly means: number[] = [];
  private began = performance.now();
  private spent = processorMs();
  private steps = 0;
  /** Milliseconds of all blocks so far. */
  total = 0;

  /** As a step ends; `last` ends the block whatever it has. */
  step(last = false): void {
    this.steps++;
    if (!last && performance.now() - this.began < BLOCK_MS) return;
    const now = processorMs();
    this.means.push((now - this.spent) / this.steps);
    this.total += now - this.spent;
    this.began = performance.now();
    this.spent = now;
    this.steps = 0;
  }

  get ms(): number {
    if (this.steps > 0 && this.means.length === 0) this.step(true);
    return median(this.means);
  }
}
