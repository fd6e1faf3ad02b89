/** Mean loss and share of right answers. */
export interface Score {
  loss: number;
  accuracy: number;
}

/** Place of the greatest value of a row, the first of equals. */
function greatest(values: Float32Array, from: number, to: number): number {
  let best = from;
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i;
  return best - from;
}

/** The label that each row of logits [N, K] names. */
export const answersOf = (logits: Float32Array, rows: number): number[] => {
  const width = logits.length / rows;
  return Array.from({ length: rows }, (_, i) => greatest(logits, i * width, (i + 1) * width));
};

/** Cross-entropy of logits [N, K] with labels, and how many of them they name. */
export function scoreAnswers(logits: Float32Array, labels: ArrayLike<number>): Score {
  const rows = labels.length;
  const width = logits.length / rows;
  const answers = answersOf(logits, rows);
  let [loss, right] = [0, 0];
  for (const [i, answer] of answers.entries()) {
    const row = logits.subarray(i * width, (i + 1) * width);
    const most = row[answer]!;
    const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    loss += Math.log(total) + most - row[labels[i]!]!;
    if (answer === labels[i]) right++;
  }
  return { loss: loss / rows, accuracy: right / rows };
}

/** Cosine of two rows. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [product, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return product / Math.max(1e-12, Math.sqrt(aa * bb));
}

const rowsOf = (features: Float32Array, count: number): Float32Array[] => {
  const width = features.length / count;
  return Array.from({ length: count }, (_, i) => features.subarray(i * width, (i + 1) * width));
};

/** For each row of features [N, D] the other one that it is closest to by cosine, the first of equals. */
function neighbours(rows: readonly Float32Array[]): number[] {
  return rows.map((row, i) => {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (const [j, other] of rows.entries()) {
      if (i === j) continue;
      const close = cosine(row, other);
      if (close > most) [best, most] = [j, close];
    }
    return best;
  });
}

/** Features [N, D] beside those of the original model: how far they turned, and how many have the nearest other that they had. */
export function scoreNeighbours(features: Float32Array, original: Float32Array, count: number): Score {
  const [now, before] = [rowsOf(features, count), rowsOf(original, count)];
  const [nearest, was] = [neighbours(now), neighbours(before)];
  const same = nearest.filter((place, i) => place === was[i]).length;
  const turned = now.reduce((sum, row, i) => sum + 1 - cosine(row, before[i]!), 0);
  return { loss: turned / count, accuracy: same / count };
}
