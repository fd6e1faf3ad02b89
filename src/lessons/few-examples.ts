import { isThrough, type Lesson, last, percent } from './lesson.ts';

/** One, four and sixteen titles of each topic: what a model has read before does the rest. */
export const fewExamples: Lesson = {
  sample: 'topics',
  model: 'minilm-l6',
  method: 'head',
  settings: { epochs: 30, batchSize: 8, learningRate: 1e-2, earlyStopping: { enabled: false } },
  runs: [
    { id: 'one', settings: { fewShot: { examplesPerClass: 1 } } },
    { id: 'four', settings: { fewShot: { examplesPerClass: 4 } } },
    { id: 'sixteen', settings: { fewShot: { examplesPerClass: 16 } } },
  ],
  cures: [],
  chart: { metric: 'accuracy', curves: ['validation'] },
  guesses: ['third', 'half', 'more'],
  find({ one, four, sixteen }) {
    if (!isThrough(one) || !isThrough(four) || !isThrough(sixteen)) return undefined;
    const [few = 0, some = 0, many = 0] = [one, four, sixteen].map((run) => last(run)?.accuracy);
    return {
      holds: few > 0.3 && some > few && many > some,
      values: { one: percent(few), four: percent(some), sixteen: percent(many) },
      guess: few < 0.4 ? 'third' : few < 0.6 ? 'half' : 'more',
    };
  },
};
