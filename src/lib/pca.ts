import { normal } from './random.ts';

/** Vectors that are iterated together: the two that are wanted come out sooner beside some that are not. */
const BLOCK = 8;
const ITERATIONS = 300;
/** Relative change of both eigenvalues at which the iteration has come to its end. */
const TOLERANCE = 1e-10;
const NOTHING = 1e-24;

/** Rows of points in a plane: x and y in turn. */
export interface Plane {
  points: Float64Array;
  /** Share of the whole variance along x and along y. */
  variance: readonly [number, number];
}

/**
 * Principal component analysis (Pearson 1901) of `rows` rows of `width` numbers, to two dimensions: scores of the centred
 * rows, so that distances in the plane are those of the rows' shadows in it. Of the Gram matrix, which has the rows' scores
 * for its eigenvectors, by orthogonal iteration with Rayleigh-Ritz (Golub and Van Loan 2013, algorithm 8.2.6). An axis'
 * greatest score is positive: the same rows always give the same points.
 */
export function principalPlane(data: ArrayLike<number>, rows: number, width: number): Plane {
  const points = new Float64Array(2 * rows);
  const gram = gramOf(data, rows, width);
  let total = 0;
  for (let i = 0; i < rows; i++) total += gram[i * rows + i]!;
  let whole = 0;
  for (let i = 0; i < data.length; i++) whole += data[i]! ** 2;
  // what is left of rows that are all the same is rounding
  if (!(total > NOTHING * whole)) return { points, variance: [0, 0] };
  const { vectors, values } = leading(gram, rows, Math.min(BLOCK, rows));
  const shares: [number, number] = [0, 0];
  for (let axis = 0; axis < Math.min(2, values.length); axis++) {
    const scale = Math.sqrt(Math.max(0, values[axis]!));
    const vector = vectors[axis]!;
    const sign = vector.reduce((most, v) => (Math.abs(v) > Math.abs(most) + 1e-12 ? v : most), 0) < 0 ? -1 : 1;
    for (let i = 0; i < rows; i++) points[2 * i + axis] = sign * scale * vector[i]!;
    shares[axis] = Math.max(0, values[axis]!) / total;
  }
  return { points, variance: shares };
}

/** Products of the centred rows with each other, [rows, rows]. */
function gramOf(data: ArrayLike<number>, rows: number, width: number): Float64Array {
  const centred = new Float64Array(data);
  for (let column = 0; column < width; column++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += centred[i * width + column]! / rows;
    for (let i = 0; i < rows; i++) centred[i * width + column]! -= mean;
  }
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < width; k++) product += centred[i * width + k]! * centred[j * width + k]!;
      gram[i * rows + j] = product;
      gram[j * rows + i] = product;
    }
  }
  return gram;
}

type Vector = Float64Array;

/** The eigenvectors of a symmetric matrix [n, n] that has no negative eigenvalue, those of the greatest first. */
function leading(matrix: Float64Array, n: number, count: number): { vectors: Vector[]; values: number[] } {
  const next = normal(1);
  let vectors = orthonormal(Array.from({ length: count }, () => Float64Array.from({ length: n }, next)));
  let values: number[] = new Array(count).fill(0);
  for (let round = 0; round < ITERATIONS; round++) {
    const basis = orthonormal(vectors.map((vector) => times(matrix, vector)));
    const images = basis.map((vector) => times(matrix, vector));
    const small = basis.map((a) => images.map((b) => dot(a, b)));
    const { rotation, diagonal } = jacobi(small);
    const order = diagonal.map((_, i) => i).sort((a, b) => diagonal[b]! - diagonal[a]!);
    vectors = order.map((column) =>
      mixed(
        basis,
        rotation.map((row) => row[column]!),
      ),
    );
    const before = values;
    values = order.map((column) => diagonal[column]!);
    if (values.slice(0, 2).every((value, i) => Math.abs(value - before[i]!) <= TOLERANCE * values[0]!) && round > 2)
      break;
  }
  return { vectors, values };
}

const dot = (a: Vector, b: Vector): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

const times = (matrix: Float64Array, vector: Vector): Vector =>
  vector.map((_, i) => dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));

function mixed(basis: readonly Vector[], shares: readonly number[]): Vector {
  const sum = new Float64Array(basis[0]!.length);
  basis.forEach((vector, at) => {
    for (let i = 0; i < sum.length; i++) sum[i]! += shares[at]! * vector[i]!;
  });
  return sum;
}

/** Gram and Schmidt, twice over for their rounding; what depends on those before it becomes zero. */
function orthonormal(vectors: readonly Vector[]): Vector[] {
  const done: Vector[] = [];
  for (const vector of vectors) {
    const one = vector.slice();
    const whole = Math.sqrt(dot(one, one));
    for (let pass = 0; pass < 2; pass++)
      for (const other of done) {
        const shadow = dot(one, other);
        for (let i = 0; i < one.length; i++) one[i]! -= shadow * other[i]!;
      }
    const length = Math.sqrt(dot(one, one));
    done.push(length > 1e-12 * whole ? one.map((value) => value / length) : one.fill(0));
  }
  return done;
}

/** Eigenvectors, by column, and eigenvalues of a small symmetric matrix: cyclic Jacobi rotations (Golub and Van Loan 2013, 8.5). */
function jacobi(symmetric: readonly (readonly number[])[]): { rotation: number[][]; diagonal: number[] } {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const rotation = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        off = Math.max(off, Math.abs(a[p]![q]!));
        turn(a, rotation, p, q);
      }
    if (off < 1e-14 * Math.abs(a[0]![0]!)) break;
  }
  return { rotation, diagonal: a.map((row, i) => row[i]!) };
}

function turn(a: number[][], rotation: number[][], p: number, q: number): void {
  if (a[p]![q] === 0) return;
  const tau = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (const row of a) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
  const [one, other] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) [one[k], other[k]] = [c * one[k]! - s * other[k]!, s * one[k]! + c * other[k]!];
  for (const row of rotation) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
}

/**
 * Points of a plane turned, or turned over, to lie as near as can be to others: the orthogonal Procrustes problem
 * (Schönemann 1966), which has a closed form in two dimensions. Nothing is stretched or moved.
 */
export function aligned(points: ArrayLike<number>, to: ArrayLike<number>): Float64Array {
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    xx += points[i]! * to[i]!;
    xy += points[i]! * to[i + 1]!;
    yx += points[i + 1]! * to[i]!;
    yy += points[i + 1]! * to[i + 1]!;
  }
  const [turned, over] = [Math.hypot(xx + yy, xy - yx), Math.hypot(xx - yy, xy + yx)];
  const flip = over > turned ? -1 : 1;
  const length = Math.max(turned, over);
  if (length === 0) return Float64Array.from({ length: points.length }, (_, i) => points[i]!);
  // x' = c x - flip s y, y' = s x + flip c y
  const c = (xx + flip * yy) / length;
  const s = (xy - flip * yx) / length;
  return Float64Array.from({ length: points.length }, (_, i) => {
    const [x, y] = i % 2 === 0 ? [points[i]!, points[i + 1]!] : [points[i - 1]!, points[i]!];
    return i % 2 === 0 ? c * x - flip * s * y : s * x + flip * c * y;
  });
}
