import { METHOD_METAS } from '../methods/metas.ts';
import { defaultsOf } from '../protocol/options.ts';
import { highest, isThrough, type Lesson, percent } from './lesson.ts';

/** On photos, all that a network for 0 to 4 has learned is kept but its head; beside it the same one begins from nothing. */
export const negativeTransfer: Lesson = {
  sample: 'clothes',
  model: 'digits-cnn',
  method: 'full',
  settings: { epochs: 8, schedule: 'cosine', oldTask: { watch: false }, earlyStopping: { enabled: false } },
  runs: [
    {
      id: 'pretrained',
      settings: { method: { id: 'head', options: defaultsOf(METHOD_METAS.head.options) }, learningRate: 1e-2 },
    },
    { id: 'scratch', settings: { start: 'scratch', batchNorm: 'batch', learningRate: 3e-3 } },
  ],
  cures: [{ id: 'whole', settings: { learningRate: 1e-3 } }],
  chart: { metric: 'accuracy', curves: ['validation'] },
  guesses: ['helps', 'same', 'hurts'],
  find({ pretrained, scratch }) {
    if (!isThrough(pretrained) || !isThrough(scratch)) return undefined;
    const [kept, fresh] = [highest(pretrained), highest(scratch)];
    // 5 % are four of 75 examples
    const guess = kept > fresh + 0.05 ? 'helps' : kept < fresh - 0.05 ? 'hurts' : 'same';
    return {
      holds: guess === 'hurts',
      values: { pretrained: percent(kept), scratch: percent(fresh) },
      guess,
    };
  },
};
