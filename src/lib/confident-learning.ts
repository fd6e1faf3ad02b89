/**
 * Confident learning (Northcutt, Jiang and Chuang 2021, Journal of Artificial Intelligence Research 70): which labels are
 * most probably wrong, by answers of models that did not see the example. Method 2 of its section 4.1, the examples off
 * the diagonal of the confident joint, ranked by normalised margin. `probabilities` are rows of `classes`.
 */

/** An example whose label is most probably wrong. */
export interface LabelIssue {
  /** Place among the examples. */
  index: number;
  given: number;
  likely: number;
  /** Of `likely`. */
  probability: number;
  /** p(given) - p(best other), from -1 to 1: the lower, the surer. */
  margin: number;
}

/** Rounding may leave a probability this far below a threshold that it is equal to. */
const ROUNDING = 1e-6;

/**
 * t_j: the mean probability of class j over the examples that are labelled j (equation 2). `probabilities` are rows of
 * `classes`. A class without examples has `Infinity`: none can be confidently of it.
 */
export function confidentThresholds(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    sums[labels[i]!]! += probabilities[i * classes + labels[i]!]!;
    counts[labels[i]!]!++;
  }
  return sums.map((sum, j) => (counts[j]! > 0 ? Math.max(sum / counts[j]!, 2 * ROUNDING) : Number.POSITIVE_INFINITY));
}

/**
 * The class that an example confidently is: the likeliest of those whose probability reaches their threshold
 * (equation 1); -1 where none does.
 */
function confidentClass(row: ArrayLike<number>, from: number, thresholds: Float64Array): number {
  let best = -1;
  thresholds.forEach((threshold, j) => {
    const p = row[from + j]!;
    if (p >= threshold - ROUNDING && (best < 0 || p > row[from + best]!)) best = j;
  });
  return best;
}

/** `joint[given][true]`: examples that are labelled one and are confidently the other (equation 1). */
export function confidentJoint(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): number[][] {
  const thresholds = confidentThresholds(labels, probabilities, classes);
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const seen = confidentClass(probabilities, i * classes, thresholds);
    if (seen >= 0) joint[labels[i]!]![seen]!++;
  }
  return joint;
}

/**
 * The examples off the diagonal of the confident joint, the surest first. Left out where the given label is the likeliest
 * after all. `probabilities` are out of sample, rows of `classes`.
 */
export function labelIssues(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): LabelIssue[] {
  const thresholds = confidentThresholds(labels, probabilities, classes);
  const issues: LabelIssue[] = [];
  for (let i = 0; i < labels.length; i++) {
    const given = labels[i]!;
    const at = i * classes;
    const likely = confidentClass(probabilities, at, thresholds);
    if (likely < 0 || likely === given) continue;
    let other = 0;
    for (let j = 0; j < classes; j++) if (j !== given) other = Math.max(other, probabilities[at + j]!);
    const margin = probabilities[at + given]! - other;
    if (margin >= 0) continue;
    issues.push({ index: i, given, likely, probability: probabilities[at + likely]!, margin });
  }
  return issues.sort((a, b) => a.margin - b.margin || a.index - b.index);
}
