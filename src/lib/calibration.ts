import { type Answer, answerOf } from './answers.ts';

/** Answers whose confidence lies in (low, high]. */
export interface ReliabilityBin {
  low: number;
  high: number;
  examples: number;
  correct: number;
  /** Mean confidence and share of right answers; NaN where the bin is empty. */
  confidence: number;
  accuracy: number;
}

export interface Calibration {
  bins: readonly ReliabilityBin[];
  /** Expected calibration error: the mean of |accuracy - confidence| over all answers, by bins. NaN without answers. */
  expectedError: number;
  /** Of the worst bin. */
  greatestError: number;
}

/**
 * Reliability diagram and expected calibration error (Guo et al. 2017, eq. 3), over bins of equal width of the answered
 * class's probability. Both depend on the number of bins, and on few examples the error is too high.
 */
export function calibration(answers: readonly Answer[], bins = 10): Calibration {
  const edges = Array.from({ length: bins + 1 }, (_, i) => i / bins);
  const sums = edges.slice(1).map(() => ({ examples: 0, correct: 0, confidence: 0 }));
  for (const answer of answers) {
    const label = answerOf(answer);
    const confidence = answer.probabilities[label]!;
    const bin = sums[binOf(confidence, edges)]!;
    bin.examples++;
    bin.confidence += confidence;
    if (label === answer.truth) bin.correct++;
  }
  const filled = sums.map(({ examples, correct, confidence }, i): ReliabilityBin => {
    const means = { confidence: confidence / examples, accuracy: correct / examples };
    return { low: edges[i]!, high: edges[i + 1]!, examples, correct, ...means };
  });
  const errors = filled.filter(({ examples }) => examples > 0).map((bin) => ({ ...bin, error: gap(bin) }));
  return {
    bins: filled,
    expectedError: errors.reduce((sum, { error, examples }) => sum + error * examples, 0) / answers.length,
    greatestError: errors.length > 0 ? Math.max(...errors.map(({ error }) => error)) : Number.NaN,
  };
}

const gap = ({ accuracy, confidence }: ReliabilityBin): number => Math.abs(accuracy - confidence);

/** The bin (edges[i], edges[i + 1]] that holds a value; 0 goes to the first. */
function binOf(value: number, edges: readonly number[]): number {
  const last = edges.length - 2;
  let bin = Math.min(last, Math.max(0, Math.ceil(value * (edges.length - 1)) - 1));
  // the product may round across an edge
  if (bin > 0 && value <= edges[bin]!) bin--;
  else if (bin < last && value > edges[bin + 1]!) bin++;
  return bin;
}

/** Mean of Σ (p_k - y_k)² over the classes, 0 to 2 (Brier 1950). NaN without answers. */
export function brierScore(answers: readonly Answer[]): number {
  let sum = 0;
  for (const { truth, probabilities } of answers)
    for (let k = 0; k < probabilities.length; k++) sum += (probabilities[k]! - (k === truth ? 1 : 0)) ** 2;
  return sum / answers.length;
}
