import { epoch, isThrough, type Lesson, last, loss, lowest, percent } from './lesson.ts';

/** A whole network on four examples of each class, for long: it learns them by heart. */
export const overfitting: Lesson = {
  sample: 'digits',
  model: 'digits-cnn',
  method: 'full',
  settings: {
    epochs: 40,
    batchSize: 8,
    learningRate: 1e-3,
    schedule: 'constant',
    weightDecay: 0,
    fewShot: { examplesPerClass: 4 },
    earlyStopping: { enabled: false, restoreBest: false },
  },
  runs: [{ id: 'long', settings: {} }],
  cures: [
    { id: 'stopped', settings: { earlyStopping: { enabled: true, patience: 5, restoreBest: true } } },
    { id: 'more', settings: { epochs: 4, batchSize: 32, fewShot: { examplesPerClass: 0 } } },
  ],
  chart: { metric: 'loss', curves: ['train', 'validation'] },
  guesses: ['falls', 'flat', 'rises'],
  find({ long }) {
    if (!isThrough(long)) return undefined;
    const [best, end] = [lowest(long), last(long)];
    const train = last(long, 'train');
    if (!best || !end || !train) return undefined;
    const rise = end.loss / best.loss - 1;
    return {
      holds: rise >= 0.3 && train.loss < 0.5 * end.loss,
      values: {
        best: loss(best.loss),
        epoch: epoch(best.epoch),
        end: loss(end.loss),
        rise: percent(rise),
        train: loss(train.loss),
      },
      guess: rise > 0.05 ? 'rises' : rise < 0.001 ? 'falls' : 'flat',
    };
  },
};
