import type { ClassCounts, Split } from '../protocol/dataset.ts';
import type { TunedModel } from './tuned-model.ts';

/** Examples of a split, over all classes. */
export const total = (classes: readonly ClassCounts[], split: Split): number =>
  classes.reduce((sum, { counts }) => sum + counts[split], 0);

/** Whether it began with the base model's weights. */
export const isTuned = ({ settings }: TunedModel): boolean => settings.start !== 'scratch';
