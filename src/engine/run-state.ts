import { learningRateAt, noPlateau, observePlateau, scheduleOf } from '../lib/schedule.ts';
import type { BatchMetrics } from '../nn/learner.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { RunMark } from '../protocol/control.ts';
import type { InForce } from '../protocol/marks.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { EarlyStopping, RunStatus, StepMetrics } from '../protocol/run.ts';
import type { Checkpoint, EpochSums } from './checkpoint.ts';
import { RunClock } from './clock.ts';
import { begin, direction, type EpochMetrics, type Observed, observe } from './early-stopping.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import { beginningStatus, pointOf, statusAt } from './progress.ts';
import type { TrainEvent, TrainingJob } from './training-job.ts';

/** A mean loss above this is no longer learning: the right answers have a probability of e to the minus 100,000. */
const LOSS_BOUND = 1e5;

const NO_SUMS: EpochSums = { loss: 0, correct: 0, examples: 0 };

type Kinded<T> = T extends unknown ? Omit<T, 'run' | 'step' | 'epoch' | 'seconds'> : never;

/** Where a run stands: its step, what is in force, the best so far, and what it says of itself. */
export class RunState {
  readonly clock = new RunClock();
  readonly perEpoch: number;
  step = 0;
  inForce: InForce;
  best: Checkpoint | undefined;
  /** What the last validation took, with all that looked on. */
  validationSeconds = 0;
  private readonly job: TrainingJob;
  private stopping = begin;
  private status: RunStatus;
  /** Of the present epoch: sums over its training steps. */
  private sums: EpochSums = NO_SUMS;

  constructor(job: TrainingJob) {
    this.job = job;
    const { settings, ids } = job;
    const { length } = job.learned?.(1) ?? ids.train;
    this.perEpoch = stepsPerEpoch(length, settings.batchSize * settings.accumulate);
    this.inForce = job.inForce;
    this.status = beginningStatus(job, this.perEpoch);
  }

  /** Goes back to a checkpoint; gives the whole epochs that were done there. */
  takeUp({ last, best }: NonNullable<TrainingJob['from']>): number {
    this.job.learner.write(last.state, last.step);
    this.step = last.step;
    if (last.sums) this.sums = last.sums;
    this.stopping = last.stopping;
    this.clock.add(last.seconds);
    this.status = { ...this.status, epoch: last.epoch, wait: last.stopping.wait };
    if (best) this.noteBest(best, best.stopping.best ?? Number.NaN);
    return last.epoch;
  }

  /** Weights and optimizer state of the best so far; the run goes on from them, and its patience begins anew. */
  goBackTo(best: Checkpoint): void {
    this.job.learner.write(best.state, best.step);
    this.stopping = { ...this.stopping, wait: 0 };
    this.status = { ...this.status, wait: 0 };
  }

  beginEpoch(): void {
    this.sums = NO_SUMS;
  }

  /** Steps of an epoch, from 1, that are done. */
  doneOf(epoch: number): number {
    return this.step - (epoch - 1) * this.perEpoch;
  }

  /** Of the next step, or of another. */
  learningRate(step = this.step): number {
    const schedule = scheduleOf(this.job.settings, this.status, this.inForce.learningRate);
    return (this.stopping.plateau?.factor ?? 1) * learningRateAt(step, schedule);
  }

  /** The figures of a step, which count for its epoch. Throws `diverged`. */
  trained(
    { loss, correct, penalty }: BatchMetrics,
    examples: number,
    at: { step: number; seconds: number },
    learningRate: number,
  ): StepMetrics {
    if (!(loss < LOSS_BOUND)) throw new ProblemError('diverged', { step: at.step, learningRate });
    const { sums } = this;
    this.sums = {
      loss: sums.loss + loss * examples,
      correct: sums.correct + correct,
      examples: sums.examples + examples,
    };
    const point = pointOf(this.job.run, 'train', { loss, correct, examples }, { ...at, perEpoch: this.perEpoch });
    return { ...point, learningRate, ...(penalty === undefined ? {} : { penalty }) };
  }

  validated(figures: { loss: number; correct: number; examples: number }): StepMetrics {
    const { step, perEpoch } = this;
    return pointOf(this.job.run, 'validation', figures, { step, seconds: this.clock.seconds, perEpoch });
  }

  /** What early stopping, and a schedule that waits for it, make of an epoch, from 1. */
  observed(epoch: number, validation: StepMetrics): Observed {
    const { settings } = this.job;
    const rule: EarlyStopping = { ...settings.earlyStopping, patience: this.inForce.patience };
    const { monitor, mode } = rule;
    const { loss, correct, examples } = this.sums;
    const metrics: EpochMetrics = {
      loss: loss / Math.max(1, examples),
      accuracy: correct / Math.max(1, examples),
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
    };
    const seen = observe(this.stopping, rule, epoch, metrics);
    this.stopping = seen.state;
    if (settings.schedule === 'plateau') {
      const plateau = this.stopping.plateau ?? noPlateau;
      const next = observePlateau(plateau, settings, direction(mode, monitor), metrics[monitor]);
      this.stopping = { ...this.stopping, plateau: next };
    }
    return seen;
  }

  endEpoch(epoch: number): void {
    this.status = { ...this.status, epoch, wait: this.stopping.wait };
  }

  noteBest(best: Checkpoint, value: number): void {
    this.best = best;
    const { monitor } = this.job.settings.earlyStopping;
    this.status = { ...this.status, best: { epoch: best.epoch, step: best.step, monitor, value } };
  }

  /** What the run can be taken up from. Throws `diverged` for weights that are no numbers. */
  async checkpoint(): Promise<Checkpoint> {
    const { settings, learner, control } = this.job;
    const { step, stopping } = this;
    const state = await learner.read();
    // of a lost device what is read may be anything
    if (control.stop !== 'lost' && !areFinite(state.weights))
      throw new ProblemError('diverged', { step, learningRate: this.learningRate(Math.max(0, step - 1)) });
    const epoch = Math.floor(step / this.perEpoch);
    const sums = step > epoch * this.perEpoch ? { sums: this.sums } : {};
    return { step, epoch, seed: settings.seed, seconds: this.clock.seconds, stopping, ...sums, state };
  }

  mark(what: Kinded<RunMark>): TrainEvent {
    const at = { run: this.job.run, step: this.step, epoch: this.step / this.perEpoch, seconds: this.clock.seconds };
    return { kind: 'mark', mark: { ...at, ...what } };
  }

  say(phase: RunStatus['phase']): { kind: 'status'; status: RunStatus } {
    const { step, clock, validationSeconds } = this;
    this.status = statusAt(this.job, this.status, { phase, step, clock, validationSeconds });
    return { kind: 'status', status: this.status };
  }
}

const areFinite = (weights: WeightValues): boolean =>
  [...weights.values()].every((values) => values.every((value) => Number.isFinite(value)));
