import { seedOf, shuffled } from '../lib/random.ts';
import type { Split, SplitSettings } from '../protocol/dataset.ts';

/** What splitting needs to know of an example. */
export interface Splittable {
  label: number;
  /** Where the files themselves named it. */
  given?: Split | undefined;
}

/**
 * The split of every example: stratified, and a function of the seed and the class's own examples, so that another
 * class changes nothing. Each class gives `round(share * count)` to validation and to test, at least one where the
 * share is above zero and the class has three examples.
 *
 * Splits that the files name are kept. One that they do not name is drawn from their training examples; an example
 * without a given split among given ones trains.
 */
export function splitOf(examples: readonly Splittable[], classes: readonly string[], settings: SplitSettings): Split[] {
  const isGiven = givenSplits(examples);
  const splits = examples.map(({ given }): Split => (isGiven.size ? (given ?? 'train') : 'train'));
  const shares = {
    validation: isGiven.has('validation') ? 0 : settings.validation,
    test: isGiven.has('test') ? 0 : settings.test,
  };
  const members: number[][] = classes.map(() => []);
  examples.forEach(({ label }, index) => {
    if (splits[index] === 'train') members[label]!.push(index);
  });
  classes.forEach((name, label) => {
    const own = members[label]!;
    const order = shuffled(own.length, seedOf(settings.seed, 0, `split.${name}`));
    const counts = countsOf(own.length, shares);
    order.forEach((place, i) => {
      if (i < counts.validation) splits[own[place]!] = 'validation';
      else if (i < counts.validation + counts.test) splits[own[place]!] = 'test';
    });
  });
  return splits;
}

/** The splits that files name; none unless `train` is among them, for then nothing would train. */
export function givenSplits(examples: readonly Splittable[]): ReadonlySet<Split> {
  const found = new Set(examples.flatMap(({ given }) => given ?? []));
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
