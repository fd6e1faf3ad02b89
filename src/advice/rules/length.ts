import { FITTED } from './fit.ts';
import type { Rule } from './rule.ts';

/** Fall of validation loss over the last quarter of the epochs, as a share: more is still improving. Ours. */
const IMPROVES = 0.05;
/** A loss below this is as good as none. Ours. */
const AS_GOOD_AS_NONE = 0.05;

/** Fewer steps than this leave no time to learn much. Ours. */
const FEW_STEPS = 100;

/** The last epoch was the best, and the ones before it were better and better. */
export const ranOut: Rule = {
  code: 'ran-out',
  explains: ['majority', 'underfitting', 'stopping-idle'],
  look({ settings, status }, { training, validation, best }) {
    const last = validation.at(-1);
    if (status.finish !== 'completed' || !last || best !== validation.length - 1) return undefined;
    // a schedule that ends at zero levels the end of a short run out: its first half tells
    const short = status.step < FEW_STEPS && (training.at(-1)?.accuracy ?? 1) < FITTED;
    const from = Math.floor((validation.length - 1) * (short ? 0.5 : 0.75));
    const earlier = validation[Math.max(0, from - 1)]!;
    const fell = (earlier.loss - last.loss) / earlier.loss;
    if (earlier === last || fell < IMPROVES || last.loss < AS_GOOD_AS_NONE) return undefined;
    const enough = short ? Math.ceil(FEW_STEPS / Math.max(1, status.stepsPerEpoch)) : 0;
    return {
      severity: 'mend',
      values: { loss: last.loss, earlierLoss: earlier.loss, epoch: earlier.epoch, epochs: last.epoch },
      setUp: { epochs: Math.min(1000, Math.max(enough, settings.epochs * 2)) },
    };
  },
};

/** Early stopping is on and could not have stopped the run: it is shorter than its patience. */
export const stoppingIdle: Rule = {
  code: 'stopping-idle',
  explains: [],
  look({ settings: { earlyStopping, epochs }, status }) {
    const { enabled, patience, startFromEpoch, act } = earlyStopping;
    if (!enabled || act === 'mark' || status.finish !== 'completed' || epochs > Math.max(1, startFromEpoch) + patience)
      return undefined;
    return {
      severity: 'note',
      values: { epochs, patience },
      setUp: { epochs: Math.min(1000, Math.max(1, startFromEpoch) + 3 * Math.max(1, patience)) },
    };
  },
};
