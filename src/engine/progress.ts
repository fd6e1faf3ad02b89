import { memoryBytes } from '../nn/memory.ts';
import type { RunStatus, StepMetrics } from '../protocol/run.ts';
import type { RunClock } from './clock.ts';
import type { TrainingJob } from './training-job.ts';
import { cachedRows } from './views.ts';

/** What is said of a run before its first step. */
export function beginningStatus(
  { run, settings, ids, backend, cache, resident, unrepeatable, probes }: TrainingJob,
  perEpoch: number,
): RunStatus {
  const rows = cachedRows(settings, { train: ids.train.length, validation: ids.validation.length });
  return {
    run,
    phase: 'running',
    backend,
    step: 0,
    totalSteps: perEpoch * settings.epochs,
    stepsPerEpoch: perEpoch,
    epoch: 0,
    epochs: settings.epochs,
    prepared: { done: rows, total: rows },
    wait: 0,
    examplesPerSecond: 0,
    stepMs: 0,
    secondsLeft: 0,
    memoryBytes: memoryBytes() + (resident?.bytes ?? 0),
    peakBytes: 0,
    gradientBytes: 0,
    optimizerBytes: 0,
    trainable: 0,
    cache: { bytes: cache?.bytes ?? 0, place: cache?.place ?? 'none' },
    unrepeatable,
    ...(probes ? { probes } : {}),
  };
}

/** The same later: how far it is, how fast, what it holds, and how long it will go on. */
export function statusAt(
  { settings, learner, control, resident, beside = () => 0 }: TrainingJob,
  before: RunStatus,
  {
    phase,
    step,
    clock,
    validationSeconds,
  }: { clock: RunClock; validationSeconds: number } & Pick<RunStatus, 'phase' | 'step'>,
): RunStatus {
  const { stepMs, examplesPerSecond } = clock;
  const { pace } = control;
  const left = before.totalSteps - step;
  const validations = settings.epochs - before.epoch;
  const most = Math.max(memoryBytes(), learner.peakBytes);
  learner.peakBytes = 0;
  return {
    ...before,
    phase,
    step,
    stepMs,
    examplesPerSecond,
    secondsLeft: (left * Math.max(stepMs, pace > 0 ? 1000 / pace : 0)) / 1000 + validations * validationSeconds,
    memoryBytes: memoryBytes() + (resident?.bytes ?? 0),
    // the most that the run itself held at once
    peakBytes: Math.max(before.peakBytes, most - beside()),
    gradientBytes: learner.gradientBytes,
    optimizerBytes: learner.optimizerBytes,
    trainable: learner.trainable.reduce((sum, name) => sum + learner.network.weights.get(name).size, 0),
  };
}

/** Figures of a batch or of a whole split, at a step. */
export const pointOf = (
  run: string,
  split: StepMetrics['split'],
  { loss, correct, examples }: { loss: number; correct: number; examples: number },
  { step, seconds, perEpoch }: { step: number; seconds: number; perEpoch: number },
): StepMetrics => ({
  run,
  split,
  step,
  epoch: step / perEpoch,
  seconds,
  loss,
  examples,
  accuracy: correct / Math.max(1, examples),
});
