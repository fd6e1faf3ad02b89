import type { Rule } from './rule.ts';

/** Fall of validation loss over the last quarter of the epochs, as a share: more is still improving. Ours. */
const IMPROVES = 0.05;
/** A loss below this is as good as none. Ours. */
const AS_GOOD_AS_NONE = 0.05;

/** The last epoch was the best, and the ones before it were better and better. */
export const ranOut: Rule = {
  code: 'ran-out',
  explains: ['majority', 'underfitting', 'stopping-idle'],
  look({ settings, status }, { validation, best }) {
    const last = validation.at(-1);
    if (status.finish !== 'completed' || !last || best !== validation.length - 1) return undefined;
    const earlier = validation[Math.floor((validation.length - 1) * 0.75) - 1] ?? validation[0]!;
    const fell = (earlier.loss - last.loss) / earlier.loss;
    if (earlier === last || fell < IMPROVES || last.loss < AS_GOOD_AS_NONE) return undefined;
    return {
      severity: 'mend',
      values: { loss: last.loss, earlierLoss: earlier.loss, epoch: earlier.epoch, epochs: last.epoch, fell },
      setUp: { epochs: Math.min(1000, settings.epochs * 2) },
    };
  },
};

/** Early stopping is on and could not have stopped the run: it is shorter than its patience. */
export const stoppingIdle: Rule = {
  code: 'stopping-idle',
  explains: [],
  look({ settings: { earlyStopping, epochs }, status }) {
    const { enabled, patience, startFromEpoch } = earlyStopping;
    if (!enabled || status.finish !== 'completed' || epochs > Math.max(1, startFromEpoch) + patience) return undefined;
    return {
      severity: 'note',
      values: { epochs, patience },
      setUp: { epochs: Math.min(1000, Math.max(1, startFromEpoch) + 3 * Math.max(1, patience)) },
    };
  },
};
