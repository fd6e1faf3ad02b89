import { describe, expect, it } from 'vitest';
import { aligned, principalPlane } from './pca.ts';

/** Columns of the cosine basis (DCT-II) but the constant one: orthonormal, and each of mean zero. */
const cosines = (length: number, count: number): number[][] =>
  Array.from({ length: count }, (_, k) =>
    Array.from(
      { length },
      (_, i) => Math.sqrt(2 / length) * Math.cos((Math.PI * (k + 1) * (2 * i + 1)) / (2 * length)),
    ),
  );

/** Rows whose singular values are `sizes`, off the origin: what comes out is known to the last digit. */
function made(rows: number, width: number, sizes: readonly number[]) {
  const [left, right] = [cosines(rows, sizes.length), cosines(width, sizes.length)];
  const data = Float64Array.from({ length: rows * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return 3 * j + sizes.reduce((sum, size, k) => sum + size * left[k]![i]! * right[k]![j]!, 0);
  });
  return { data, axis: (k: number) => left[k]!.map((value) => sizes[k]! * value) };
}

const column = (points: ArrayLike<number>, axis: number) =>
  Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + axis]!);

/** Largest difference, whichever way round the axis is. */
const apart = (one: readonly number[], other: readonly number[]) =>
  Math.min(...[1, -1].map((sign) => Math.max(...one.map((value, i) => Math.abs(value - sign * other[i]!)))));

describe('the plane of principal components', () => {
  it.each([
    ['more columns than rows', 40, 300, [9, 7, 6.5, 3, 1, 0.5, 0.2, 0.1, 0.05]],
    ['more rows than columns', 120, 16, [5, 4.9, 1]],
    ['two rows', 2, 5, [2]],
  ])('has the scores that the rows were made with: %s', (_, rows, width, sizes) => {
    const { data, axis } = made(rows, width, sizes);
    const { points, variance } = principalPlane(data, rows, width);
    const total = sizes.reduce((sum, size) => sum + size ** 2, 0);
    for (const k of [0, 1].filter((k) => k < sizes.length)) {
      expect(apart(column(points, k), axis(k))).toBeLessThan(1e-7 * sizes[0]!);
      expect(variance[k]).toBeCloseTo(sizes[k]! ** 2 / total, 9);
    }
    expect(principalPlane(data, rows, width).points).toEqual(points);
  });

  it('of rows that are all the same is a point, and no number is missing', () => {
    const { points, variance } = principalPlane(new Float32Array(30).fill(2), 10, 3);
    expect([...points, ...variance]).toEqual(new Array(22).fill(0));
    expect(principalPlane(new Float32Array(3), 1, 3).points).toEqual(new Float64Array(2));
  });
});

describe('alignment', () => {
  const { points } = principalPlane(made(30, 8, [4, 2, 1]).data, 30, 8);
  const distances = (plane: Float64Array) => {
    const [x, y] = [column(plane, 0), column(plane, 1)];
    return x.flatMap((_, i) => x.map((_, j) => Math.hypot(x[i]! - x[j]!, y[i]! - y[j]!)));
  };
  const changed = (angle: number, flip: 1 | -1) =>
    Float64Array.from({ length: points.length }, (_, i) => {
      const [x, y] = [points[i - (i % 2)]!, flip * points[i - (i % 2) + 1]!];
      return i % 2 === 0 ? Math.cos(angle) * x - Math.sin(angle) * y : Math.sin(angle) * x + Math.cos(angle) * y;
    });

  it.each([
    [0.4, 1],
    [3, 1],
    [-2, -1],
    [Math.PI / 2, -1],
  ] as const)('undoes a turn of %d, and a mirror', (angle, flip) => {
    const back = aligned(changed(angle, flip), points);
    for (const axis of [0, 1]) expect(apart(column(back, axis), column(points, axis))).toBeLessThan(1e-9);
  });

  it('stretches nothing, whatever it is aligned to', () => {
    const other = principalPlane(made(30, 8, [1, 7, 3]).data, 30, 8).points;
    const [before, after] = [distances(points), distances(aligned(points, other))];
    expect(Math.max(...before.map((value, i) => Math.abs(value - after[i]!)))).toBeLessThan(1e-9);
    expect(aligned(points, new Float64Array(points.length))).toEqual(points);
  });
});
