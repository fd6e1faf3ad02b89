import { type Interval, wilsonInterval } from './statistics.ts';

/** What a classifier said of one example. */
export interface Answer {
  /** Index of the right class. */
  truth: number;
  /** Of each class, single precision. */
  probabilities: Float32Array;
}

/** The class with the greatest probability; of equal ones the first, as NumPy's argmax. */
export function answerOf({ probabilities }: Pick<Answer, 'probabilities'>): number {
  let best = 0;
  for (let k = 1; k < probabilities.length; k++) if (probabilities[k]! > probabilities[best]!) best = k;
  return best;
}

export const isRight = (answer: Answer): boolean => answerOf(answer) === answer.truth;

/** Probability of the class that was answered. */
export const confidenceOf = (answer: Answer): number => answer.probabilities[answerOf(answer)]!;

/** Wrong answers, the most confident first; of equal ones the earlier. */
export const confidentMistakes = <A extends Answer>(answers: readonly A[], count: number): A[] =>
  answers
    .filter((answer) => !isRight(answer))
    .map((answer) => ({ answer, confidence: confidenceOf(answer) }))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, count)
    .map(({ answer }) => answer);

export interface GroupResult {
  name: string;
  examples: number;
  correct: number;
  /** NaN without examples. */
  accuracy: number;
  /** Wilson's, 95 %. */
  interval: Interval;
  /** Of each class: its examples in the group, and the share of them that was found; NaN where it has none. */
  support: readonly number[];
  recall: readonly number[];
}

/** Two groups that are furthest apart, as indices into `groups`. */
export interface GroupGap {
  best: number;
  worst: number;
  difference: number;
  /** The two 95 % intervals do not overlap: chance alone seldom does that. */
  clear: boolean;
}

export interface GroupResults {
  /** In the order of `values`. */
  groups: readonly GroupResult[];
  /** Of accuracy; undefined where fewer than two groups have examples. */
  gap: GroupGap | undefined;
  /** Of each class's recall. */
  recallGaps: readonly (GroupGap | undefined)[];
  /** Examples that belong to no group. */
  ungrouped: number;
}

/** Answers told apart by a column: `groupOf` gives an index into `values`, or a negative number for no group. */
export function resultsByGroup<A extends Answer>(
  answers: readonly A[],
  values: readonly string[],
  classes: number,
  groupOf: (answer: A) => number,
): GroupResults {
  const zeros = () => new Array<number>(classes).fill(0);
  const sums = values.map(() => ({ support: zeros(), found: zeros() }));
  let ungrouped = 0;
  for (const answer of answers) {
    const group = sums[groupOf(answer)];
    if (!group) {
      ungrouped++;
      continue;
    }
    group.support[answer.truth]!++;
    if (isRight(answer)) group.found[answer.truth]!++;
  }
  const groups = sums.map(({ support, found }, i): GroupResult => {
    const [examples, correct] = [total(support), total(found)];
    return {
      name: values[i]!,
      examples,
      correct,
      accuracy: correct / examples,
      interval: wilsonInterval(correct, examples),
      support,
      recall: support.map((count, k) => found[k]! / count),
    };
  });
  return {
    groups,
    gap: greatestGap(groups.map(({ correct, examples }) => [correct, examples])),
    recallGaps: zeros().map((_, k) => greatestGap(sums.map(({ support, found }) => [found[k]!, support[k]!]))),
    ungrouped,
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of shares `[successes, examples]`. */
function greatestGap(shares: readonly (readonly [number, number])[]): GroupGap | undefined {
  const rated = shares.flatMap(([successes, examples], index) =>
    examples > 0 ? [{ index, share: successes / examples, interval: wilsonInterval(successes, examples) }] : [],
  );
  if (rated.length < 2) return undefined;
  const best = rated.reduce((a, b) => (b.share > a.share ? b : a));
  const worst = rated.reduce((a, b) => (b.share < a.share ? b : a));
  return {
    best: best.index,
    worst: worst.index,
    difference: best.share - worst.share,
    clear: worst.interval.high < best.interval.low,
  };
}
