import { batchesOf, byLength } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import { breathe } from '../lib/breathe.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { evenly, lastEpochs, taskInEpoch } from '../lib/tasks.ts';
import type { Learner } from '../nn/learner.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunMatrix, RunSettings } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { Watcher } from './watch.ts';

type SequenceSettings = Pick<RunSettings, 'tasks' | 'epochs' | 'seed' | 'cures'>;

/** Tasks that are learned one after the other. */
export interface Sequence {
  tasks: readonly {
    /** Names of its classes. */
    classes: readonly string[];
    train: readonly number[];
    validation: readonly number[];
  }[];
  /** Examples that every epoch learns: as many as the largest task has. */
  size: number;
  /** The last epoch, from 1, of each task. */
  last: readonly number[];
  /** What an epoch, from 1, learns: examples of its task, again where it has fewer than the largest. */
  learned(epoch: number): readonly number[];
}

/**
 * The classes in their order, in so many tasks of sizes as even as can be; undefined where all are learned at once. With
 * replay, that share of each epoch are examples of earlier tasks. Throws `tasks-unfit` where there are fewer classes or epochs
 * than tasks.
 */
export function sequenceOf(
  { classes, label }: Pick<Dataset, 'classes' | 'label'>,
  ids: { train: readonly number[]; validation: readonly number[] },
  settings: SequenceSettings,
): Sequence | undefined {
  const { tasks: count, epochs, seed, cures } = settings;
  if (count === 1) return undefined;
  if (classes.length < count || epochs < count)
    throw new ProblemError('tasks-unfit', { tasks: count, classes: classes.length, epochs });
  const tasks = evenly(classes.length, count).map((labels) => {
    const own = (all: readonly number[]) => all.filter((id) => labels.includes(label(id)));
    return { classes: labels.map((one) => classes[one]!), train: own(ids.train), validation: own(ids.validation) };
  });
  const size = Math.max(...tasks.map(({ train }) => train.length));
  return {
    tasks,
    size,
    last: lastEpochs(epochs, count),
    learned(epoch) {
      const task = taskInEpoch(epoch, epochs, count);
      const earlier = tasks.slice(0, task).flatMap(({ train }) => train);
      const old = earlier.length > 0 ? Math.round(cures.replay * size) : 0;
      return [
        ...taken(tasks[task]!.train, size - old, seedOf(seed, epoch, 'tasks')),
        ...taken(earlier, old, seedOf(seed, epoch, 'tasks.replay')),
      ];
    },
  };
}

/** So many of them in an order drawn from the seed; each again before any comes a third time. */
function taken(ids: readonly number[], count: number, seed: number): number[] {
  const order = shuffled(ids.length, seed);
  return Array.from({ length: count }, (_, i) => ids[order[i % ids.length]!]!);
}

/** Early stopping looks at all classes at once, and going back to the best would undo a task: both are off in a sequence. */
export const withoutStopping = <S extends Pick<RunSettings, 'tasks' | 'earlyStopping'>>(settings: S): S =>
  settings.tasks === 1
    ? settings
    : { ...settings, earlyStopping: { ...settings.earlyStopping, enabled: false, restoreBest: false } };

/**
 * After each task, the accuracy on every task's validation examples, all classes of the one head being open: nobody says
 * which task an example is of (class-incremental, van de Ven and Tolias 2019). `before`: what a run that goes on has.
 */
export function matrixWatcher(
  { tasks, last }: Sequence,
  o: { learner: Pick<Learner, 'evaluate'>; source: ExampleSource; classes: number; batchSize: number },
  before: RunMatrix | undefined,
): Watcher {
  let matrix: RunMatrix = before ?? {
    tasks: tasks.map(({ classes }) => classes),
    examples: tasks.map(({ validation }) => validation.length),
    rows: [],
  };
  return async ({ run, step, epoch }) => {
    const task = last.indexOf(epoch);
    // a validation that somebody asks for at the end of a task sees the same again
    if (task < 0 || task < matrix.rows.length) return [];
    const accuracy: number[] = [];
    for (const { validation } of tasks) accuracy.push(await accuracyOn(validation, o));
    matrix = { ...matrix, rows: [...matrix.rows, { step, epoch, accuracy }] };
    return [{ kind: 'matrix', run, matrix }];
  };
}

async function accuracyOn(
  ids: readonly number[],
  { learner, source, classes, batchSize }: Parameters<typeof matrixWatcher>[1],
): Promise<number> {
  let correct = 0;
  for (const batch of batchesOf(byLength(ids, source.length), Math.max(16, batchSize))) {
    const { batch: targets } = source.targets(batch, { classes, smoothing: 0 });
    const metrics = await learner.evaluate({ kind: 'arrays', batch: await source.inputs(batch) }, targets);
    correct += metrics.correct;
    await breathe();
  }
  return correct / ids.length;
}
