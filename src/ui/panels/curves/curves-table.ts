import type { StepMetrics } from '@/protocol/run.ts';
import type { PlainTable } from '@/ui/controls/download-csv.ts';

const HEADER = ['run', 'split', 'step', 'epoch', 'seconds', 'loss', 'accuracy', 'examples', 'learning_rate'];

/** Every point of the curves, none left out: one row a point. */
export function curvesTable(run: number, points: readonly StepMetrics[]): PlainTable {
  const rows = points.map(({ split, step, epoch, seconds, loss, accuracy, examples, learningRate }) => [
    run,
    split,
    step,
    epoch,
    seconds,
    loss,
    accuracy,
    examples,
    learningRate,
  ]);
  return { header: HEADER, rows };
}
