import { groupsOf } from '../data/batches.ts';
import type { AnyOpened } from '../data/open.ts';
import { OpenedTexts } from '../data/text-dataset.ts';
import { sum } from '../lib/arrays.ts';
import { profile } from '../nn/profile.ts';
import type { RunSettings } from '../protocol/run.ts';
import { paddedLength } from '../tasks/text-batches.ts';
import { seenOf } from './looks.ts';
import type { Plan } from './plan.ts';

/** What texts come to in batches, in tokens. */
export interface Lengths {
  /** Of a text, cut where training cuts it. */
  mean: number;
  /** To which the longest batch is padded. */
  longest: number;
  /** Mean of what batches are padded to, each text counted once. */
  padded: number;
}

/** Texts of these lengths, ascending, in batches of like ones; `most`: where they are cut. */
export function lengthsIn(taken: readonly number[], batchSize: number, most: number): Lengths | undefined {
  if (taken.length === 0) return undefined;
  const padded = [...groupsOf(taken, batchSize)].map((group) => group.length * paddedLength(group.at(-1)!, most));
  return {
    mean: Math.ceil(sum(taken) / taken.length),
    longest: paddedLength(taken.at(-1)!, most),
    padded: Math.ceil(sum(padded) / taken.length),
  };
}

/** A plan for texts of so many tokens, where it stood for the longest that may be. */
export const atLength = (plan: Plan, tokens: number): Plan => ({
  ...plan,
  profile: profile(plan.architecture, { B: 1, T: tokens }, plan.trainable),
});

/** What open texts come to in batches, once the model has looked at them under these settings. */
export function lengthsFor(
  opened: AnyOpened | undefined,
  { model, task, batchSize }: Pick<RunSettings, 'model' | 'task' | 'batchSize'>,
): Lengths | undefined {
  const lengths = opened instanceof OpenedTexts ? seenOf(opened, model, task)?.lengths : undefined;
  return lengths && lengthsIn(lengths.taken, batchSize, lengths.most);
}
