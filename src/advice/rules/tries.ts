import { moreAugmentation } from '../augmentation.ts';
import type { Rule } from './rule.ts';

/** More weights that move. */
export const tryFreer: Rule = {
  code: 'try-freer',
  explains: [],
  look: ({ freer }) => freer && { severity: 'try', values: {}, setUp: freer },
};

/** Altered examples. */
export const tryAugmentation: Rule = {
  code: 'try-augmentation',
  explains: [],
  look: (facts) => {
    const setUp = moreAugmentation(facts);
    return setUp && { severity: 'try', values: {}, setUp };
  },
};

/** The same again from another seed: how much of the result is chance. */
export const trySeed: Rule = {
  code: 'try-seed',
  explains: [],
  look: ({ settings: { seed } }) => ({ severity: 'try', values: { seed }, setUp: { seed: seed + 1 } }),
};
