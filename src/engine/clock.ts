/** Seconds of work, pauses left out, and the speed of the last steps. */
export class RunClock {
  private readonly now: () => number;
  private worked = 0;
  private since: number | undefined;
  private stepSeconds = 0;
  private stepExamples = 0;
  private weight = 0;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  start(): void {
    this.since ??= this.now();
  }

  pause(): void {
    this.worked = this.seconds;
    this.since = undefined;
  }

  /** Counts what was worked before. */
  add(seconds: number): void {
    this.worked += seconds;
  }

  get seconds(): number {
    return this.worked + (this.since === undefined ? 0 : (this.now() - this.since) / 1000);
  }

  /** Notes that one step took so long; recent steps count most (debiased moving average, beta 0.9). */
  note(seconds: number, examples: number): void {
    this.stepSeconds = 0.9 * this.stepSeconds + 0.1 * seconds;
    this.stepExamples = 0.9 * this.stepExamples + 0.1 * examples;
    this.weight = 0.9 * this.weight + 0.1;
  }

  /** Mean of the last steps, in milliseconds; 0 before the first. */
  get stepMs(): number {
    return this.weight > 0 ? (1000 * this.stepSeconds) / this.weight : 0;
  }

  get examplesPerSecond(): number {
    return this.stepSeconds > 0 ? this.stepExamples / this.stepSeconds : 0;
  }
}
