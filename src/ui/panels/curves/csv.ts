import type { StepMetrics } from '@/protocol/run.ts';

const HEADER = ['run', 'split', 'step', 'epoch', 'seconds', 'loss', 'accuracy', 'examples', 'learning_rate'];

/** Every point of the curves, none left out: one row a point, as RFC 4180 has it, `.` as the decimal mark. */
export function curvesCsv(run: number, points: readonly StepMetrics[]): string {
  const rows = points.map(({ split, step, epoch, seconds, loss, accuracy, examples, learningRate = '' }) => [
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
  return [HEADER, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
