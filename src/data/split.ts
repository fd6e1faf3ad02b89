import { seedOf, shuffled } from '../lib/random.ts';
import { NONE, SPLITS, type Split, type SplitSettings } from '../protocol/dataset.ts';

/** What splitting needs to know of the examples, by column. */
export interface Splittable {
  /** `NONE` takes no part. */
  labels: ArrayLike<number>;
  /** Where the files themselves named it. */
  given: readonly (Split | undefined)[];
}

/**
 * The split of every example, as an index into `SPLITS`: stratified, and a function of the seed and the class's own
 * examples, so that another class changes nothing. Each class gives `round(share * count)` to validation and to test, at
 * least one where the share is above zero and the class has three examples.
 *
 * Splits that the files name are kept. One that they do not name is drawn from their training examples; an example
 * without a given split among given ones trains.
 */
export const splitOf = (examples: Splittable, classes: readonly string[], settings: SplitSettings): Int8Array =>
  extendSplits(new Int8Array(0), examples, classes, settings);

/**
 * Deals out the examples that have a label and no split yet; the others keep theirs, so that a picture which is
 * excluded, relabelled or added moves no other from the test set into training.
 */
export function extendSplits(
  before: Int8Array,
  { labels, given }: Splittable,
  classes: readonly string[],
  settings: SplitSettings,
): Int8Array {
  const isGiven = givenSplits(given);
  const splits = new Int8Array(labels.length).fill(NONE);
  splits.set(before);
  const drawn: Split[] = (['validation', 'test'] as const).filter((split) => !isGiven.has(split));
  const members = classes.map(() => ({ fresh: [] as number[], validation: 0, test: 0, count: 0 }));
  for (let id = 0; id < labels.length; id++) {
    const own = members[labels[id]!];
    if (!own) continue;
    const named = isGiven.size ? given[id] : undefined;
    if (named && named !== 'train') {
      splits[id] = SPLITS.indexOf(named);
      continue;
    }
    own.count++;
    if (splits[id] === NONE) own.fresh.push(id);
    else for (const split of drawn) own[split as 'validation'] += Number(SPLITS[splits[id]!] === split);
  }
  const share = (split: 'validation' | 'test') => (isGiven.has(split) ? 0 : settings[split]);
  classes.forEach((name, label) => {
    const { fresh, count, validation, test } = members[label]!;
    const wanted = countsOf(count, { validation: share('validation'), test: share('test') });
    const toValidation = Math.max(0, wanted.validation - validation);
    const toTest = Math.max(0, wanted.test - test);
    const order = shuffled(fresh.length, seedOf(settings.seed, 0, `split.${name}`));
    order.forEach((place, i) => {
      const split = i < toValidation ? 'validation' : i < toValidation + toTest ? 'test' : 'train';
      splits[fresh[place]!] = SPLITS.indexOf(split);
    });
  });
  return splits;
}

/** The splits that files name; none unless `train` is among them, for then nothing would train. */
export function givenSplits(given: Splittable['given']): ReadonlySet<Split> {
  const found = new Set<Split>();
  for (const split of given) if (split) found.add(split);
  return found.has('train') && found.size > 1 ? found : new Set();
}

/** How many of `count` examples leave for validation and test; at least one stays to train. */
export function countsOf(
  count: number,
  shares: { validation: number; test: number },
): { validation: number; test: number } {
  const least = count >= 3 ? 1 : 0;
  const want = (share: number) => (share > 0 ? Math.max(least, Math.round(share * count)) : 0);
  const validation = Math.min(want(shares.validation), Math.max(0, count - 1 - (shares.test > 0 ? least : 0)));
  const test = Math.min(want(shares.test), Math.max(0, count - 1 - validation));
  // Two examples: one to train on, one to watch.
  return count === 2 && shares.validation > 0 ? { validation: 1, test: 0 } : { validation, test };
}
