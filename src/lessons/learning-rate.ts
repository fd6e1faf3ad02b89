import { highest, isThrough, type Lesson, percent } from './lesson.ts';

/** Steps that are too small, right and too large, on real drawings: only the head learns, so three runs cost little. */
export const learningRate: Lesson = {
  sample: 'drawings',
  model: 'efficientnet-lite0',
  method: 'head',
  settings: { epochs: 12, schedule: 'constant', earlyStopping: { enabled: false } },
  runs: [
    { id: 'low', settings: { learningRate: 1e-5 } },
    { id: 'right', settings: { learningRate: 5e-3 } },
    { id: 'high', settings: { learningRate: 1 } },
  ],
  cures: [{ id: 'cosine', settings: { learningRate: 1, schedule: 'cosine' } }],
  chart: { metric: 'loss', curves: ['train'] },
  guesses: ['low', 'right', 'high'],
  find({ low, right, high }) {
    if (!isThrough(low) || !isThrough(right) || !isThrough(high)) return undefined;
    const reached = { low: highest(low), right: highest(right), high: highest(high) };
    const ends = { low: endLoss(low), right: endLoss(right), high: endLoss(high) };
    const best = (Object.keys(ends) as (keyof typeof ends)[]).reduce((a, b) => (ends[a] <= ends[b] ? a : b));
    return {
      holds: ends.right < 0.5 * ends.low && ends.right < 0.5 * ends.high,
      values: { low: percent(reached.low), right: percent(reached.right), high: percent(reached.high) },
      guess: best,
    };
  },
};

/** Mean training loss over the last epoch: single batches say little. */
function endLoss(run: Parameters<typeof highest>[0]): number {
  const { train } = run.curves;
  const end = train.at(-1)?.epoch ?? 0;
  const own = train.filter(({ epoch }) => epoch > end - 1);
  // a run that broke down has no end
  return run.finish === 'failed' ? Number.POSITIVE_INFINITY : own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
}
