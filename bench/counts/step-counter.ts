import { holdReads } from './held-reads.ts';
import { type Counts, deviceMemory, resetPeak, sampleMost, since, snapshot, startTally } from './meter.ts';
import { takeErrors } from './null-device.ts';
import { StepTimer } from './step-timer.ts';

/** Of one step, in the mean of those that were counted. */
export interface StepCounts extends Omit<Counts, 'storageBytes'> {
  /** Into storage buffers from the CPU: the batch, and all else. */
  batchBytes: number;
  uploadBytes: number;
  /** Reads that the next step waits for. */
  awaitedReads: number;
  /** Of tensors between two steps: weights, and what the optimizer keeps. */
  liveBytes: number;
  /** By which that grows. */
  leakedBytes: number;
  /** Of tensors at most within a step, by the backend's own count. */
  peakBytes: number;
  /** Of all buffers on the device at most, with those that lie ready to be used again. */
  allocatedBytes: number;
  /** Processor time of the whole step, milliseconds, median: nothing but JavaScript works here. */
  jsMs: number;
  steps: number;
  /** What WebGPU found wrong: such a step computes nothing, and its counts are worth nothing. */
  errors: readonly string[];
  /** Dispatches by name. */
  tally?: Readonly<Record<string, number>>;
}

type Pending = Omit<StepCounts, 'awaitedReads' | 'peakBytes' | 'errors'>;

export interface CounterOptions {
  /** What a step uploads of its batch at most. */
  batchBytes: number;
  liveBytes(): number;
  /** Processor time that the counted steps may take beyond the fewest, milliseconds. */
  budgetMs?: number;
  /** Steps until pools and caches are full, which must then stay as they are. */
  warmUp?: number;
  tallied?: boolean;
}

const [FEWEST, MOST] = [3, 400];
/** Steps whose reads are held back; fewer than a loop lets be on their way. */
const HELD = 2;

/** Counts a loop that says where each of its steps begins. */
export class StepCounter {
  private readonly o: CounterOptions;
  private begun = 0;
  private steps = 0;
  private timer: StepTimer | undefined;
  private before: Counts | undefined;
  private liveBefore = 0;
  private stopTally: (() => ReadonlyMap<string, number>) | undefined;
  private counted: Pending | undefined;
  private stopHolding: (() => number) | undefined;
  private stopSampling: (() => number) | undefined;
  private heldSteps = 0;
  private done: StepCounts | undefined;

  constructor(o: CounterOptions) {
    this.o = o;
  }

  /** As a step begins. False when enough of them were seen. */
  begin(): boolean {
    if (this.done) return false;
    if (this.counted) return this.held(this.counted);
    if (this.before) {
      this.steps++;
      this.timer!.step();
      const enough = this.steps >= MOST || this.timer!.total >= (this.o.budgetMs ?? 0);
      if (this.steps >= FEWEST && enough) this.finish(this.before);
    } else if (this.begun++ === (this.o.warmUp ?? 6)) this.start();
    return true;
  }

  private start(): void {
    resetPeak();
    this.before = snapshot();
    this.liveBefore = this.o.liveBytes();
    if (this.o.tallied) this.stopTally = startTally();
    this.timer = new StepTimer();
  }

  private finish(before: Counts): void {
    const { steps } = this;
    const jsMs = this.timer!.ms;
    const { storageBytes, ...counted } = since(before, steps);
    const tally = this.stopTally?.();
    const liveBytes = this.o.liveBytes();
    this.counted = {
      ...counted,
      batchBytes: Math.min(this.o.batchBytes, storageBytes),
      uploadBytes: Math.max(0, storageBytes - this.o.batchBytes),
      liveBytes,
      leakedBytes: (liveBytes - this.liveBefore) / steps,
      allocatedBytes: deviceMemory().peak,
      jsMs,
      steps,
      ...(tally ? { tally: Object.fromEntries([...tally].map(([name, calls]) => [name, calls / steps])) } : {}),
    };
    // apart from what is timed
    this.stopHolding = holdReads();
    this.stopSampling = sampleMost(this.o.liveBytes);
  }

  private held(counted: Pending): boolean {
    if (++this.heldSteps < HELD) return true;
    const [awaited, peakBytes] = [this.stopHolding!(), this.stopSampling!()];
    this.done = { ...counted, peakBytes, awaitedReads: awaited / HELD, errors: takeErrors() };
    return false;
  }

  get result(): StepCounts {
    if (!this.done) throw new Error('too few steps were taken');
    return this.done;
  }
}
