import { overfittingOf } from '../../lib/overfitting.ts';
import { augments } from '../../protocol/augmentation.ts';
import { moreAugmentation, withoutAugmentation } from '../augmentation.ts';
import type { Advice, RunFacts } from '../facts.ts';
import type { Measures } from '../measures.ts';
import type { Rule } from './rule.ts';

/** A model that has these right among what it trained on is not held back by itself. Ours. */
export const FITTED = 0.9;
/** Validation this close to training is no gap. Ours. */
const CLOSE = 0.05;

/** It does not even get its training examples right, and no longer improves. */
export const underfitting: Rule = {
  code: 'underfitting',
  output: 'class',
  explains: ['stopping-idle'],
  look(facts, measures) {
    const { training, validation, comparable, judged } = measures;
    const last = training.at(-1);
    const after = validation.at(-1);
    if (!last || !after || !judged) return undefined;
    // with mixed labels the training figures say nothing; and what has other examples right is not held back
    const accuracy = Math.max(comparable ? last.accuracy : 0, judged.share);
    if (accuracy >= FITTED || last.accuracy - after.accuracy > CLOSE) return undefined;
    return {
      severity: 'mend',
      values: { trainAccuracy: last.accuracy, accuracy: after.accuracy, loss: last.loss },
      ...freed(facts),
    };
  },
};

/** What gives the model more room: no altered examples, more weights that move, more epochs. */
function freed({ settings, freer }: RunFacts): Pick<Advice, 'setUp' | 'because'> {
  if (augments(settings.augmentation))
    return { because: 'augmented', setUp: { augmentation: withoutAugmentation(settings.augmentation) } };
  if (freer) return { because: 'freer', setUp: freer };
  return { because: 'longer', setUp: { epochs: Math.min(1000, settings.epochs * 2) } };
}

type Settings = RunFacts['settings'];

/** Right answers in training minus those in validation, from which on the one says little of the other. Ours. */
const GAP = 0.08;

/** Training goes on to improve while validation has turned, or lies far below it. */
export function overfit({ training, validation, best, comparable, judged }: Measures) {
  const last = training.at(-1);
  const after = validation.at(-1);
  const lowest = validation[best];
  if (!last || !after || !lowest || !judged) return undefined;
  const turned = overfittingOf(training, validation) !== undefined;
  // the interval keeps a handful of examples from making a gap
  const apart = comparable && last.accuracy - judged.share > GAP && judged.high < last.accuracy - CLOSE;
  if (!apart && !(turned && judged.share < 0.97)) return undefined;
  return {
    trainLoss: last.loss,
    loss: after.loss,
    trainAccuracy: last.accuracy,
    accuracy: judged.share,
    epoch: lowest.epoch,
    turned,
  };
}

export const overfitting: Rule = {
  code: 'overfitting',
  explains: ['stopping-idle'],
  look(facts, measures) {
    const found = overfit(measures);
    if (!found) return undefined;
    const { turned, ...values } = found;
    return { severity: 'mend', because: turned ? 'turned' : 'apart', values, setUp: restrained(facts) };
  },
};

/** What keeps the model from learning its examples by heart, the next that is not in use yet. */
function restrained(facts: RunFacts): Partial<Settings> {
  const { settings, calmer } = facts;
  const { enabled, restoreBest, act } = settings.earlyStopping;
  if (!enabled || !restoreBest || act === 'mark')
    return { earlyStopping: { ...settings.earlyStopping, enabled: true, restoreBest: true, act: 'stop' } };
  const altered = moreAugmentation(facts);
  if (altered) return altered;
  if (calmer) return calmer;
  if (settings.labelSmoothing === 0) return { labelSmoothing: 0.1 };
  return { weightDecay: Math.min(1, Math.max(0.01, settings.weightDecay * 10)) };
}
