import { isThrough, type Lesson, last, percent } from './lesson.ts';

/** The whole network that reads 0 to 4 learns 5 to 9, and is asked for 0 to 4 all the while. */
export const forgetting: Lesson = {
  sample: 'digits',
  model: 'digits-cnn',
  method: 'full',
  settings: {
    epochs: 4,
    batchSize: 8,
    // hot enough to forget within seconds, and to learn all the same
    learningRate: 0.025,
    schedule: 'cosine',
    oldTask: { watch: true, every: 1 },
    earlyStopping: { enabled: false, restoreBest: false },
  },
  runs: [{ id: 'new', settings: {} }],
  cures: [{ id: 'replay', settings: { cures: { replay: 0.3 } } }],
  chart: { metric: 'accuracy', curves: ['validation', 'old'] },
  guesses: ['stays', 'half', 'gone'],
  find({ new: run }) {
    const [first, end, learned] = [run?.curves.old[0], last(run, 'old'), last(run)];
    if (!isThrough(run) || !first || !end || !learned) return undefined;
    return {
      holds: first.accuracy > 0.9 && end.accuracy < 0.2,
      values: { before: percent(first.accuracy), after: percent(end.accuracy), new: percent(learned.accuracy) },
      guess: end.accuracy > 0.75 * first.accuracy ? 'stays' : end.accuracy > 0.25 * first.accuracy ? 'half' : 'gone',
    };
  },
};
