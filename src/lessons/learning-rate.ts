import { isThrough, type Lesson, loss, type Recorded } from './lesson.ts';

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
    const ends = { low: laterLoss(low), right: laterLoss(right), high: laterLoss(high) };
    const best = (Object.keys(ends) as (keyof typeof ends)[]).reduce((a, b) => (ends[a] <= ends[b] ? a : b));
    return {
      holds: ends.right < 0.5 * ends.low && ends.right < 0.5 * ends.high,
      values: { low: loss(ends.low), right: loss(ends.right), high: loss(ends.high) },
      guess: best,
    };
  },
};

/** Mean training loss over the second half of a run: single batches say little. Of one that broke down there is none. */
function laterLoss({ curves: { train }, finish }: Recorded): number {
  const half = (train.at(-1)?.epoch ?? 0) / 2;
  const own = train.filter(({ epoch }) => epoch > half);
  return finish === 'failed' ? Number.POSITIVE_INFINITY : own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
}
