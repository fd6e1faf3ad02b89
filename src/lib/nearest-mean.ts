/**
 * Nearest class mean: the classifier that needs no training (Mensink et al. 2013). Rows of features are brought to
 * length 1 first, which Wang et al. 2019 ("SimpleShot", L2N) found better than plain features of a network that was
 * trained on other classes; distances are squared and Euclidean, as in Snell et al. 2017.
 */

/** Rows of `width` features, row after row. */
export interface FeatureRows {
  width: number;
  data: Float32Array;
}

export interface NearestMean {
  width: number;
  /** [classes, width]. */
  means: Float64Array;
}

/** Class means of labelled rows. */
export function fitMeans({ width, data }: FeatureRows, labels: ArrayLike<number>, classes: number): NearestMean {
  const count = data.length / width;
  const means = new Float64Array(classes * width);
  const sizes = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    const label = labels[row]!;
    sizes[label]!++;
    unit(data, row, width).forEach((value, i) => {
      means[label * width + i]! += value;
    });
  }
  for (let i = 0; i < means.length; i++) means[i]! /= sizes[Math.floor(i / width)]!;
  return { width, means };
}

/** The greatest squared distance that two rows of length 1 have: it stands for a class without examples. */
const FURTHEST = 4;

/** Squared distances to the class means [rows, classes], 0 to 4. */
export function squaredDistances({ width, means }: NearestMean, { data }: FeatureRows): Float64Array {
  const classes = means.length / width;
  const distances = new Float64Array((data.length / width) * classes);
  for (let row = 0; row < data.length / width; row++) {
    const x = unit(data, row, width);
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (x[i]! - means[k * width + i]!) ** 2;
      distances[row * classes + k] = Number.isNaN(sum) ? FURTHEST : sum;
    }
  }
  return distances;
}

/** A row over its length. */
function unit(data: Float32Array, row: number, width: number): Float64Array {
  const x = Float64Array.from(data.subarray(row * width, (row + 1) * width));
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? x.map((value) => value / length) : x;
}

/** Natural logarithms of the scales that are tried: 0.1 to 1000. */
const SCALES = { from: Math.log(0.1), to: Math.log(1000) };

/**
 * The scale s for which softmax(-s d²) fits labels best, by cross-entropy: the inverse of the temperature of Guo et al.
 * 2017, which is convex, so that a search by thirds finds it. 1 without rows.
 */
export function fitScale(distances: Float64Array, labels: ArrayLike<number>, classes: number): number {
  if (labels.length === 0) return 1;
  let { from, to } = SCALES;
  while (to - from > 1e-3) {
    const [a, b] = [from + (to - from) / 3, to - (to - from) / 3];
    if (crossEntropy(distances, labels, classes, Math.exp(a)) < crossEntropy(distances, labels, classes, Math.exp(b)))
      to = b;
    else from = a;
  }
  return Math.exp((from + to) / 2);
}

function crossEntropy(distances: Float64Array, labels: ArrayLike<number>, classes: number, scale: number): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const each = distances.subarray(row * classes, (row + 1) * classes);
    const least = each.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const total = each.reduce((sum, d) => sum + Math.exp(-scale * (d - least)), 0);
    loss += Math.log(total) + scale * (each[labels[row]!]! - least);
  }
  return loss / labels.length;
}
