import type { Answer } from './answers.ts';
import { breathe } from './breathe.ts';

/** Points from the strictest threshold to the loosest. */
export interface Curve {
  x: Float64Array;
  y: Float64Array;
  /** A score of at least so much counts as "yes"; infinite at the first point, where nothing does. */
  thresholds: Float64Array;
}

/** How well scores tell "yes" from "no": what does not depend on where the threshold lies. */
export interface Ranking {
  positives: number;
  negatives: number;
  /** x: false positive rate, y: true positive rate; NaN where there are no negatives, or no positives. */
  roc: Curve;
  /** Area under the ROC curve; NaN unless there are both positives and negatives. */
  auc: number;
  /** x: recall, y: precision; the first point is (0, 1), by convention. */
  precisionRecall: Curve;
  /** Σ (R_n - R_n-1) P_n, without interpolation; NaN where there are no positives. */
  averagePrecision: number;
}

/** One class against the rest. */
export function classRanking(answers: readonly Answer[], label: number): Ranking {
  const scores = new Float32Array(answers.length);
  const keys = new Uint32Array(scores.buffer);
  for (let i = 0; i < scores.length; i++) scores[i] = answers[i]!.probabilities[label]!;
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! * 2 + (answers[i]!.truth === label ? 1 : 0);
  return rank(keys);
}

/** Every class against the rest, all their scores in one list: common classes count for more. */
export function microRanking(answers: readonly Answer[]): Ranking {
  const classes = answers[0]?.probabilities.length ?? 0;
  const scores = new Float32Array(answers.length * classes);
  const keys = new Uint32Array(scores.buffer);
  answers.forEach(({ probabilities }, i) => {
    scores.set(probabilities, i * classes);
  });
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! * 2;
  answers.forEach(({ truth }, i) => {
    keys[i * classes + truth]!++;
  });
  return rank(keys);
}

/**
 * ROC and precision-recall curves, with one point for each score that occurs: equal scores are passed together, as in
 * scikit-learn. `keys` holds, for each example, twice the bits of its score, plus 1 for a positive: scores from 0 to 1
 * in single precision lie in the order of their bits, and whole numbers sort fastest.
 */
function rank(keys: Uint32Array): Ranking {
  keys.sort();
  const count = keys.length;
  const hits = new Uint32Array(count + 1);
  const passed = new Uint32Array(count + 1);
  const bits = new Uint32Array(count + 1);
  let points = 1;
  let found = 0;
  for (let i = count - 1; i >= 0; i--) {
    found += keys[i]! & 1;
    if (i > 0 && keys[i - 1]! >>> 1 === keys[i]! >>> 1) continue;
    hits[points] = found;
    passed[points] = count - i;
    bits[points] = keys[i]! >>> 1;
    points++;
  }
  const thresholds = Float64Array.from(new Float32Array(bits.buffer, 0, points));
  thresholds[0] = Number.POSITIVE_INFINITY;
  const curve = (): Curve => ({ x: new Float64Array(points), y: new Float64Array(points), thresholds });
  const [roc, precisionRecall] = [curve(), curve()];
  const [positives, negatives] = [found, count - found];
  let area = 0;
  let averagePrecision = 0;
  for (let i = 0; i < points; i++) {
    const [yes, no] = [hits[i]!, passed[i]! - hits[i]!];
    roc.x[i] = no / negatives;
    roc.y[i] = yes / positives;
    precisionRecall.x[i] = yes / positives;
    precisionRecall.y[i] = i === 0 ? 1 : yes / passed[i]!;
    if (i === 0) continue;
    const before = hits[i - 1]!;
    area += ((no - (passed[i - 1]! - before)) * (yes + before)) / 2;
    averagePrecision += (yes - before) * precisionRecall.y[i]!;
  }
  return {
    positives,
    negatives,
    roc,
    auc: area / (positives * negatives),
    precisionRecall,
    averagePrecision: averagePrecision / positives,
  };
}

export interface Rankings {
  /** One against the rest, class by class. */
  classes: readonly Ranking[];
  micro: Ranking;
  /** Means over the classes, each counting the same. */
  macro: { auc: number; averagePrecision: number; roc: Pick<Curve, 'x' | 'y'> };
}

/** All of them, with pauses in which the page can answer: ten thousand answers of ten classes take some 30 ms together. */
export async function rankAnswers(answers: readonly Answer[], classCount: number): Promise<Rankings> {
  const classes: Ranking[] = [];
  for (let label = 0; label < classCount; label++) {
    classes.push(classRanking(answers, label));
    await breathe();
  }
  const macro = {
    auc: macroMean(classes.map(({ auc }) => auc)),
    averagePrecision: macroMean(classes.map(({ averagePrecision }) => averagePrecision)),
    roc: macroRoc(classes),
  };
  await breathe();
  return { classes, micro: microRanking(answers), macro };
}

/** Mean over the classes for which there is a number. */
export function macroMean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Mean true positive rate of the classes at evenly spaced false positive rates; classes that have no ROC are left out. */
export function macroRoc(rankings: readonly Ranking[], points = 201): Pick<Curve, 'x' | 'y'> {
  const known = rankings.filter(({ auc }) => !Number.isNaN(auc));
  const x = Float64Array.from({ length: points }, (_, i) => i / (points - 1));
  const y = new Float64Array(points);
  for (const { roc } of known) {
    const values = interpolate(roc, x);
    for (let i = 0; i < points; i++) y[i]! += values[i]! / known.length;
  }
  return { x, y };
}

/** Values of a curve at ascending places; where it rises straight up, those at the top. */
function interpolate({ x, y }: Curve, at: Float64Array): Float64Array {
  let i = 0;
  return at.map((place) => {
    while (i + 1 < x.length && x[i + 1]! <= place) i++;
    if (i + 1 === x.length) return y[i]!;
    const share = (place - x[i]!) / (x[i + 1]! - x[i]!);
    return y[i]! + share * (y[i + 1]! - y[i]!);
  });
}
