/** `confusion[truth][answer]`, counts. */
export type Confusion = readonly (readonly number[])[];

export interface ClassMetrics {
  /** Share of the answers "this class" that are right; NaN where the class was never answered. */
  precision: number;
  /** Share of this class's examples that were found; NaN where it has none. */
  recall: number;
  /** Harmonic mean of both; 0 where none was found, NaN without an example or an answer. */
  f1: number;
  /** Examples of the class. */
  support: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function classMetrics(confusion: Confusion): ClassMetrics[] {
  const answers = new Float64Array(confusion.length);
  for (const row of confusion) for (let i = 0; i < row.length; i++) answers[i]! += row[i]!;
  return confusion.map((row, i) => {
    const right = row[i] ?? 0;
    const support = sum(row);
    const answered = answers[i]!;
    return { precision: right / answered, recall: right / support, f1: (2 * right) / (support + answered), support };
  });
}

/** Mean F1 over the classes that have examples, each counting the same. */
export function macroF1(confusion: Confusion): number {
  const scored = classMetrics(confusion).filter(({ support }) => support > 0);
  return sum(scored.map(({ f1 }) => f1)) / scored.length;
}

/** Mean F1 over the classes, each counting by its examples. */
export function weightedF1(confusion: Confusion): number {
  const scored = classMetrics(confusion).filter(({ support }) => support > 0);
  return sum(scored.map(({ f1, support }) => f1 * support)) / sum(scored.map(({ support }) => support));
}

/** Mean recall over the classes that have examples (Brodersen et al. 2010): chance gives 1 / classes, however they are shared. */
export function balancedAccuracy(confusion: Confusion): number {
  const scored = classMetrics(confusion).filter(({ support }) => support > 0);
  return sum(scored.map(({ recall }) => recall)) / scored.length;
}

export interface ConfusedPair {
  truth: number;
  answer: number;
  /** Examples of `truth` that were called `answer`, and their share of its examples. */
  count: number;
  share: number;
}

/** Classes that are most often mistaken for another, most mistakes first; of equal counts, the greater share. */
export function confusedPairs(confusion: Confusion, most: number): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  confusion.forEach((row, truth) => {
    const support = sum(row);
    // nearly all of many classes' cells are empty
    row.forEach((count, answer) => {
      if (count > 0 && truth !== answer) pairs.push({ truth, answer, count, share: count / support });
    });
  });
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, most);
}

export const rightAnswers = (confusion: Confusion): number => sum(confusion.map((row, i) => row[i] ?? 0));

/** Accuracy of always answering the commonest class, and which class that is. */
export function majorityBaseline(confusion: Confusion): { class: number; share: number } {
  const support = confusion.map(sum);
  const most = Math.max(...support);
  return { class: support.indexOf(most), share: most / sum(support) };
}
