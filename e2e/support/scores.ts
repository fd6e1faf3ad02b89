/** What a walk works out again from saved answers, by the plainest way there is: none of it is the studio's code. */

export interface Said {
  file: string;
  truth: string;
  answer: string;
  /** Probability by class. */
  chance: Readonly<Record<string, number>>;
}

const count = <T>(items: readonly T[], fits: (item: T) => boolean): number => items.filter(fits).length;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
export const mean = (values: readonly number[]): number => total(values) / values.length;

/** The answers of the file that holds all of them. */
export const saidOf = (rows: readonly Readonly<Record<string, string>>[], classes: readonly string[]): Said[] =>
  rows.map((row) => ({
    file: row.file!.split('/').at(-1)!,
    truth: row.class!,
    answer: row.answer!,
    chance: Object.fromEntries(classes.map((name) => [name, Number(row[`p(${name})`])])),
  }));

export const isRight = ({ truth, answer }: Said): boolean => truth === answer;
export const sureOf = ({ chance, answer }: Said): number => chance[answer]!;

export const confusionOf = (said: readonly Said[], classes: readonly string[]): number[][] =>
  classes.map((truth) => classes.map((answer) => count(said, (one) => one.truth === truth && one.answer === answer)));

export function classScores(said: readonly Said[], name: string) {
  const found = count(said, (one) => one.truth === name && one.answer === name);
  const answered = count(said, ({ answer }) => answer === name);
  const support = count(said, ({ truth }) => truth === name);
  const [precision, recall] = [found / answered, found / support];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall), found, answered, support };
}

/** Wilson's score interval, by the roots of (share - p)² = z² p (1 - p) / n. */
export function wilson(right: number, of: number): { low: number; high: number } {
  const z2 = 1.959963984540054 ** 2;
  const [a, b, c] = [1 + z2 / of, -(2 * (right / of) + z2 / of), (right / of) ** 2];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return { low: (-b - root) / (2 * a), high: (-b + root) / (2 * a) };
}

/** Ten bins of confidence (low, low + 0.1], those without answers left out. */
export function bins(said: readonly Said[]) {
  return Array.from({ length: 10 }, (_, i) => {
    const inside = said.filter((one) => sureOf(one) > i / 10 && sureOf(one) <= (i + 1) / 10);
    return {
      low: i / 10,
      examples: inside.length,
      right: count(inside, isRight),
      sure: mean(inside.map(sureOf)),
      accuracy: mean(inside.map((one) => Number(isRight(one)))),
    };
  }).filter(({ examples }) => examples > 0);
}

export function calibrationOf(said: readonly Said[]) {
  const gaps = bins(said).map(({ sure, accuracy, examples }) => ({ gap: Math.abs(sure - accuracy), examples }));
  return {
    expected: total(gaps.map(({ gap, examples }) => gap * examples)) / said.length,
    worst: Math.max(...gaps.map(({ gap }) => gap)),
    brier: mean(
      said.map(({ chance, truth }) =>
        total(Object.entries(chance).map(([name, value]) => (value - Number(name === truth)) ** 2)),
      ),
    ),
  };
}

/** Area under the ROC curve as the share of pairs in the right order, ties by half (Mann and Whitney 1947). */
export function auc(said: readonly Said[], name: string): number {
  const [yes, no] = [true, false].map((is) =>
    said.filter(({ truth }) => (truth === name) === is).map(({ chance }) => chance[name]!),
  );
  return mean(yes!.flatMap((a) => no!.map((b) => (a > b ? 1 : a === b ? 0.5 : 0))));
}

/** Rates with everything of at least `threshold` taken for the class. */
export function ratesAt(said: readonly Said[], name: string, threshold: number) {
  const taken = said.filter(({ chance }) => chance[name]! >= threshold);
  const positives = count(said, ({ truth }) => truth === name);
  const hits = count(taken, ({ truth }) => truth === name);
  return {
    falsePositive: (taken.length - hits) / (said.length - positives),
    recall: hits / positives,
    precision: taken.length > 0 ? hits / taken.length : 1,
  };
}

/** Σ (R_n - R_n-1) P_n over the thresholds that occur. */
export function averagePrecision(said: readonly Said[], name: string): number {
  const thresholds = [...new Set(said.map(({ chance }) => chance[name]!))].sort((a, b) => b - a);
  let before = 0;
  return total(
    thresholds.map((threshold) => {
      const { recall, precision } = ratesAt(said, name, threshold);
      const step = (recall - before) * precision;
      before = recall;
      return step;
    }),
  );
}

/** Mean of three measurements with its 95 % interval: Student's t with two degrees of freedom is 4.3027 there. */
export function meanOfThree(values: readonly [number, number, number]) {
  const centre = mean(values);
  const deviation = Math.sqrt(total(values.map((value) => (value - centre) ** 2)) / 2);
  const half = (4.302652729749464 * deviation) / Math.sqrt(3);
  return { mean: centre, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
