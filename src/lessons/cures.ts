import { METHOD_METAS } from '../methods/metas.ts';
import { defaultsOf } from '../protocol/options.ts';
import { forgetting, keptOf, NEARLY_NOTHING } from './forgetting.ts';
import { isThrough, type Lesson, last, type Measured, percent } from './lesson.ts';

/** The same lesson again and again, each time with another cure, those that fail too. */
export const cures: Lesson = {
  ...forgetting,
  runs: [
    { id: 'plain', settings: {} },
    { id: 'replay', settings: { cures: { replay: 0.3 } } },
    { id: 'ewc', settings: { cures: { ewc: 1000 } } },
    { id: 'lwf', settings: { cures: { lwf: 1 } } },
    {
      id: 'head',
      settings: { method: { id: 'head', options: defaultsOf(METHOD_METAS.head.options) }, learningRate: 1e-2 },
    },
  ],
  cures: [],
  chart: { metric: 'accuracy', curves: ['old'] },
  guesses: ['replay', 'ewc', 'lwf', 'head'],
  find(runs) {
    const values: Record<string, Measured> = {};
    /** The poorer of the two tasks, which a cure is worth. */
    const worth: Record<string, number> = {};
    for (const { id } of cures.runs) {
      const run = runs[id];
      const [old, learned] = [last(run, 'old'), last(run)];
      if (!isThrough(run) || !old || !learned) return undefined;
      values[`${id}Old`] = percent(old.accuracy);
      values[`${id}New`] = percent(learned.accuracy);
      worth[id] = Math.min(old.accuracy, learned.accuracy);
    }
    const [began, ended] = [runs.plain!.curves.old[0]!.accuracy, last(runs.plain, 'old')!.accuracy];
    const best = cures.guesses.reduce((a, b) => (worth[b]! > worth[a]! ? b : a));
    return { holds: keptOf(began, ended) < NEARLY_NOTHING && worth[best]! > 0.8, values, guess: best };
  },
};
