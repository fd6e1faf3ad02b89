import type { Learner } from '../nn/learner.ts';
import { type ProductPeak, productPeak } from '../nn/product-peak.ts';
import { type StepTimes, timeOperations } from '../nn/step-times.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { Fed } from './feed.ts';
import { plainMean, type Stretch } from './plain-steps.ts';

/** Steps that go by before anything is measured: shapes that are new are compiled in them. */
const BEFORE = 2;
/** So many are timed as they always go, and so many kernel by kernel; fewer where they take long. */
const PLAIN = { most: 20, least: 2, budgetMs: 4000 };
const TIMED = { most: 10, budgetMs: 3000 };

/** What was measured of a few steps, in milliseconds a step. */
export interface Measured {
  plain: number;
  stepMs: number;
  batchMs: number;
  javascriptMs: number;
  /** Of each step that was timed kernel by kernel. */
  times: readonly StepTimes[];
  /** The last of them. */
  last: StepDone;
  /** The most bytes that were on the device in these steps, and what lay there at their end. */
  peakBytes: number;
  gradientBytes: number;
  optimizerBytes: number;
  peak: ProductPeak;
}

/** A step that was taken, and the batches that it learned from, with their examples. */
export interface StepDone {
  learner: Learner;
  source: ExampleSource;
  fed: readonly Fed[];
  ids: readonly (readonly number[])[];
}

/**
 * Measures steps of a training loop from within, which calls it around each: first a number of them as they always go, by
 * the clock alone, then a few kernel by kernel. It changes no number that a step computes.
 */
export class StepProfiler {
  readonly result: Promise<Measured>;
  private settle!: { resolve(measured: Measured): void; reject(error: unknown): void };
  private phase: 'before' | 'plain' | 'timed' | 'through' | 'over' = 'before';
  private last: StepDone | undefined;
  private passed = 0;
  private plain = 0;
  private readonly stretches: Stretch[] = [];
  private began = 0;
  private ready = 0;
  private recording = 0;
  private peakBytes = 0;
  private readonly times: StepTimes[] = [];
  private timedMs = 0;
  private read: (() => Promise<StepTimes>) | undefined;

  constructor() {
    this.result = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // whoever asked may have gone
    this.result.catch(() => {});
  }

  /** Right before a step, whose batch is there; `pending` are those whose figures are on their way, `began` when it began. */
  async before(pending: readonly Promise<unknown>[], began: number): Promise<void> {
    const { phase } = this;
    if (phase === 'over' || phase === 'through') return;
    this.ready = performance.now();
    this.began = began;
    const follows = phase === 'plain' && this.plain > 0 && pending.length > 0;
    if (!follows && phase !== 'before') await Promise.allSettled(pending);
    if (phase === 'plain') {
      const from = pending.length > 0 ? performance.now() : began;
      if (!follows) this.stretches.push({ from, steps: [] });
    }
    if (phase === 'timed') this.read = timeOperations();
    this.recording = performance.now();
  }

  /** Right after the step was handed over: `figures` come when the device has done it. */
  async after(figures: Promise<unknown>, step: StepDone): Promise<void> {
    const handed = performance.now();
    this.peakBytes = Math.max(this.peakBytes, step.learner.peakBytes);
    try {
      if (this.phase === 'before') this.afterFirst();
      else if (this.phase === 'plain') await this.afterPlain(figures, handed);
      else if (this.phase === 'timed') await this.afterTimed(figures, step);
    } catch (error) {
      this.end(error);
    }
  }

  private afterFirst(): void {
    this.passed++;
    if (this.passed >= BEFORE) this.phase = 'plain';
  }

  private async afterPlain(figures: Promise<unknown>, handed: number): Promise<void> {
    this.plain++;
    const step = { batchMs: this.ready - this.began, javascriptMs: handed - this.recording, until: handed };
    this.stretches.at(-1)!.steps.push(step);
    const done = figures.then(() => {
      step.until = performance.now();
    });
    done.catch(() => {});
    const long = handed - this.stretches[0]!.from >= PLAIN.budgetMs;
    if (this.plain < (long ? PLAIN.least : PLAIN.most)) return;
    await done;
    this.phase = 'timed';
  }

  private async afterTimed(figures: Promise<unknown>, last: StepDone): Promise<void> {
    const times = this.read!();
    this.read = undefined;
    await figures;
    this.times.push(await times);
    this.timedMs += performance.now() - this.began;
    if (this.times.length < TIMED.most && this.timedMs < TIMED.budgetMs) return;
    this.last = last;
    this.phase = 'through';
  }

  /** Whether its steps are done, and all that is left is what the device can do at best. */
  get isThrough(): boolean {
    return this.phase === 'through';
  }

  /** Measures that, while no step is under way. */
  async measureDevice(): Promise<void> {
    const { plain, peakBytes, times, last } = this;
    const { gradientBytes, optimizerBytes } = last!.learner;
    try {
      const peak = await productPeak();
      const own = { plain, ...plainMean(this.stretches), times, last: last!, peakBytes, gradientBytes, optimizerBytes };
      this.phase = 'over';
      this.settle.resolve({ ...own, peak });
    } catch (error) {
      this.end(error);
    }
  }

  /** No more steps come: what was asked for cannot be had where it is not there yet. */
  end(error: unknown = new ProblemError('profile-cut')): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    void this.read?.().catch(() => {});
    this.settle.reject(error);
  }
}
