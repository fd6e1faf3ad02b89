import type { OpenedTexts } from '../data/text-dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { TextFit } from '../protocol/text.ts';

/** A fit, the examples that the model knows worst, and what was measured of each. */
export interface Look extends TextFit {
  worst: readonly number[];
  /** Tokens of each example, ascending, and where they are cut; none where rows are packed. */
  lengths?: { taken: readonly number[]; most: number };
}

/** By the examples that take part: what is left out anew is another set. `seen` once it is there. */
const looks = new WeakMap<Uint8Array, Map<string, { made: Promise<Look>; seen?: Look }>>();

const keyOf = (ref: ModelRef, task: OptionValues): string => JSON.stringify([ref, task]);

/** What a model saw of these texts before, under these options; undefined where it has not looked at them. */
export const seenOf = ({ state }: OpenedTexts, ref: ModelRef, task: OptionValues): Look | undefined =>
  looks.get(state.excluded)?.get(keyOf(ref, task))?.seen;

/** The look that was taken before, or the one that `take` gives. */
export async function lookOnce(
  { state: { excluded } }: OpenedTexts,
  ref: ModelRef,
  task: OptionValues,
  take: () => Promise<Look>,
): Promise<Look> {
  const known = looks.get(excluded) ?? new Map<string, { made: Promise<Look>; seen?: Look }>();
  looks.set(excluded, known);
  const key = keyOf(ref, task);
  const look = known.get(key) ?? { made: take() };
  known.set(key, look);
  try {
    look.seen = await look.made;
    return look.seen;
  } catch (error) {
    known.delete(key);
    throw error;
  }
}
