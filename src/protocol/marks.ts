import type { RunMark } from './control.ts';
import type { RunMatrix, RunSettings, RunStatus } from './run.ts';

/** What holds of all that can be changed while a run goes on. */
export interface InForce {
  /** The peak: the schedule goes on from there. */
  learningRate: number;
  weightDecay: number;
  patience: number;
  /** Undefined where the method alone says what moves. */
  stages: readonly string[] | undefined;
}

/** The settings with every change since laid over them. */
export function inForce(settings: RunSettings, marks: readonly RunMark[]): InForce {
  const { learningRate, weightDecay, earlyStopping } = settings;
  const changes = marks.flatMap((mark) => (mark.kind === 'change' ? [mark.change] : []));
  return Object.assign({ learningRate, weightDecay, patience: earlyStopping.patience, stages: undefined }, ...changes);
}

/** What was done to a run up to a step; with a checkpoint of that step it makes the run as it then was. */
export const marksUpTo = (marks: readonly RunMark[], step: number): readonly RunMark[] =>
  marks.filter((mark) => mark.step <= step);

/** The tasks that were learned up to a step. */
export const matrixUpTo = (matrix: RunMatrix | undefined, step: number): RunMatrix | undefined =>
  matrix && { ...matrix, rows: matrix.rows.filter((row) => row.step <= step) };

/** Checkpoints that were asked for and are kept of a run: one more takes the place of the oldest. */
export const MOST_CHECKPOINTS = 8;

/** Steps of the checkpoints that were asked for and are kept, oldest first. */
export function checkpointSteps(marks: readonly RunMark[]): readonly number[] {
  const steps = marks.flatMap(({ kind, step }) => (kind === 'checkpoint' ? [step] : []));
  return [...new Set(steps)].slice(-MOST_CHECKPOINTS);
}

/**
 * The step that a run would be taken up from: the end of its last whole epoch, or where a checkpoint was made since,
 * which asking for one, going back to the best and branching do. -1 where there is none.
 */
export function lastKept(
  { epoch, stepsPerEpoch }: Pick<RunStatus, 'epoch' | 'stepsPerEpoch'>,
  marks: readonly RunMark[],
): number {
  const whole = Math.floor(epoch) * stepsPerEpoch;
  const steps = marks.flatMap(({ kind, step }) => (kind === 'change' ? [] : [step]));
  return Math.max(whole > 0 ? whole : -1, ...steps);
}
