import { type Augmentation, augments } from '../protocol/augmentation.ts';
import type { DataKind } from '../protocol/dataset.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { RunSettings } from '../protocol/run.ts';
import { AUGMENTATION_OPTIONS } from '../protocol/settings.ts';
import type { RunFacts } from './facts.ts';

/** Nothing is done to training examples; how many views would be kept stays. */
export const withoutAugmentation = ({ views }: Augmentation): Augmentation => ({
  ...(defaultsOf(AUGMENTATION_OPTIONS) as unknown as Augmentation),
  views,
});

const MILD: Readonly<Record<DataKind, Partial<Augmentation>>> = {
  /** What leaves every kind of picture what it is. No flips: they make of a 6 nothing and of a left hand a right one. */
  image: { crop: 0.3, rotate: 10, colour: 0.2 },
  /** The share of words that Wei and Zou 2019 recommend; fewer go than are replaced, for a "not" that goes turns a text. */
  text: { synonyms: 0.1, deletion: 0.05 },
};

export const mildAugmentation = (augmentation: Augmentation, kind: DataKind): Augmentation => ({
  ...withoutAugmentation(augmentation),
  ...MILD[kind],
});

/** Mild augmentation where it is possible and there is none yet. */
export const moreAugmentation = ({
  settings,
  input,
  alters,
}: Pick<RunFacts, 'settings' | 'input' | 'alters'>): Pick<RunSettings, 'augmentation'> | undefined =>
  alters && !augments(settings.augmentation)
    ? { augmentation: mildAugmentation(settings.augmentation, input) }
    : undefined;
