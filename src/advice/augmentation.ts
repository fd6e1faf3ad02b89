import { defaultsOf } from '../protocol/options.ts';
import type { Augmentation } from '../protocol/run.ts';
import { AUGMENTATION_OPTIONS } from '../protocol/settings.ts';

/** Nothing is done to training pictures; how many views would be kept stays. */
export const withoutAugmentation = ({ views }: Augmentation): Augmentation => ({
  ...(defaultsOf(AUGMENTATION_OPTIONS) as unknown as Augmentation),
  views,
});

/** What leaves every kind of picture what it is. No flips: they make of a 6 nothing and of a left hand a right one. */
export const mildAugmentation = (augmentation: Augmentation): Augmentation => ({
  ...withoutAugmentation(augmentation),
  crop: 0.3,
  rotate: 10,
  colour: 0.2,
});
