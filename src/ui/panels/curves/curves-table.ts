import type { RunMark } from '@/protocol/control.ts';
import type { StepMetrics } from '@/protocol/run.ts';
import type { PlainTable } from '@/ui/controls/download-csv.ts';

const HEADER = ['run', 'split', 'step', 'epoch', 'seconds', 'loss', 'accuracy', 'examples', 'learning_rate', 'mark'];

/** Every point of the curves, none left out, one row a point; then what was done to the run, one row each. */
export function curvesTable(run: number, points: readonly StepMetrics[], marks: readonly RunMark[] = []): PlainTable {
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
    undefined,
  ]);
  const done = marks.map((mark) => [
    run,
    'mark',
    mark.step,
    mark.epoch,
    mark.seconds,
    undefined,
    undefined,
    undefined,
    mark.kind === 'change' ? mark.change.learningRate : undefined,
    markOf(mark),
  ]);
  return { header: HEADER, rows: [...rows, ...done] };
}

/** `change weightDecay=0.1 patience=3` */
function markOf(mark: RunMark): string {
  if (mark.kind === 'return') return `return to=${mark.to}`;
  if (mark.kind === 'branch') return `branch checkpoint=${mark.from.checkpoint}`;
  if (mark.kind === 'checkpoint') return 'checkpoint';
  if (mark.kind === 'stopping') return `stopping best=${mark.best}`;
  const values = Object.entries(mark.change).map(([name, value]) => `${name}=${value}`);
  return ['change', ...values].join(' ');
}
