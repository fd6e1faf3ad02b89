/**
 * What continual learning is measured by: accuracies[i][j] is the accuracy on task j after task i was learned, tasks and rows
 * in the order in which they are learned. Of a sequence that goes on, the rows that there are.
 */
export type Accuracies = readonly (readonly number[])[];

/** So many things in order, divided into groups that differ in size by one at most, the larger ones first. */
export function evenly(count: number, groups: number): number[][] {
  const [least, more] = [Math.floor(count / groups), count % groups];
  let next = 0;
  return Array.from({ length: groups }, (_, group) =>
    Array.from({ length: least + (group < more ? 1 : 0) }, () => next++),
  );
}

/** The task, from 0, that is learned in an epoch, from 1. */
export const taskInEpoch = (epoch: number, epochs: number, tasks: number): number =>
  evenly(epochs, tasks).findIndex((own) => own.includes(epoch - 1));

/** The last epoch, from 1, of each task. */
export const lastEpochs = (epochs: number, tasks: number): number[] =>
  evenly(epochs, tasks).map((own) => 1 + own.at(-1)!);

const mean = (values: readonly number[]): number | undefined =>
  values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : undefined;

/** Over the tasks learned so far, after the last of them (Lopez-Paz and Ranzato 2017, ACC). */
export const averageAccuracy = (accuracies: Accuracies): number | undefined =>
  mean((accuracies.at(-1) ?? []).slice(0, accuracies.length));

/**
 * What learning later tasks did to earlier ones: the mean over all but the last of the accuracy at the end less that right
 * after the task (Lopez-Paz and Ranzato 2017, BWT). Negative where it was forgotten.
 */
export function backwardTransfer(accuracies: Accuracies): number | undefined {
  const last = accuracies.at(-1) ?? [];
  return mean(accuracies.slice(0, -1).map((row, task) => last[task]! - row[task]!));
}

/**
 * The mean over all tasks but the last of the best that it ever was, less what it is at the end (Chaudhry et al. 2018,
 * equation 3).
 */
export function forgetting(accuracies: Accuracies): number | undefined {
  const [before, last] = [accuracies.slice(0, -1), accuracies.at(-1) ?? []];
  return mean(before.map((_, task) => Math.max(...before.map((row) => row[task]!)) - last[task]!));
}
