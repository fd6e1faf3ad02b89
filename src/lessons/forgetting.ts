import { isThrough, type Lesson, last, percent } from './lesson.ts';

/** Who guesses among five digits is right so often: nothing that is forgotten falls lastingly below it. */
const GUESSING = 1 / 5;

/** Of what was known beyond guessing, the share that is left. */
export const keptOf = (before: number, after: number): number => (after - GUESSING) / (before - GUESSING);

/** Less than this is nearly nothing. */
export const NEARLY_NOTHING = 0.2;

/** The whole network that reads 0 to 4 learns 5 to 9, and is asked for 0 to 4 all the while. */
export const forgetting: Lesson = {
  sample: 'digits',
  model: 'digits-cnn',
  method: 'full',
  settings: {
    // a head of five that has forgotten everything guesses, which is right in a fifth; with this seed it ends below
    seed: 3,
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
    const kept = keptOf(first.accuracy, end.accuracy);
    return {
      holds: first.accuracy > 0.9 && kept < NEARLY_NOTHING,
      values: { before: percent(first.accuracy), after: percent(end.accuracy), new: percent(learned.accuracy) },
      guess: kept > 0.75 ? 'stays' : kept > 0.25 ? 'half' : 'gone',
    };
  },
};
