/** What one thread does of a kernel: compositions of the SIMD loops, on numbers alone, so that any thread can. */

import { convolveRows, filterGradientRows, inputGradientImages } from './convolution-routines.ts';
import { depthwiseFilterRows, depthwiseInputImages, depthwiseRows } from './depthwise-routines.ts';
import { multiplyMatrices, multiplyWhole, packMatrix } from './product.ts';
import type { SimdLoops } from './simd/loops.ts';
import type { Site } from './site.ts';

type Routine = (site: Site, args: readonly number[]) => void;

const product: Routine = ({ loops, scratch }, args) => {
  const [a, aRow, aT, b, bRow, bT, c, cRow, rows, columns, depth] = args as Eleven;
  multiplyMatrices(
    loops,
    { address: a, rowBytes: aRow, transposed: aT === 1 },
    { address: b, rowBytes: bRow, transposed: bT === 1 },
    { address: c, rowBytes: cRow },
    { rows, columns, depth },
    scratch,
  );
};

const packColumns: Routine = ({ loops }, args) => {
  const [b, bRow, bT, columns, depth, to] = args as [number, number, number, number, number, number];
  packMatrix(loops, { address: b, rowBytes: bRow, transposed: bT === 1 }, columns, depth, to);
};

/** Rows of a product whose right operand all threads packed. */
const productRows: Routine = ({ loops, scratch }, args) => {
  const [a, aRow, aT, packed, c, cRow, rows, columns, depth] = args as Nine;
  const left = { address: a, rowBytes: aRow, transposed: aT === 1 };
  multiplyWhole(loops, left, packed, { address: c, rowBytes: cRow }, { rows, columns, depth }, scratch);
};
type Nine = [number, number, number, number, number, number, number, number, number];
type Eleven = [number, number, number, number, number, number, number, number, number, number, number];

/** Rows summed before they join the total: bounds rounding error, and a block stays in cache for all its columns. */
const ROWS = 512;

/** out[c] += Σ_r x[r, c] */
const sumColumns: Routine = ({ loops, floats, scratch }, args) => {
  const [x, out, rows, columns] = args as [number, number, number, number];
  for (let r = 0; r < rows; r += ROWS) {
    floats().fill(0, scratch / 4, scratch / 4 + columns);
    loops.sumRows(x + 4 * r * columns, 4 * columns, Math.min(ROWS, rows - r), columns, scratch);
    loops.addRuns(out, 0, scratch, 0, 1, columns);
  }
};

/** C[rows, columns] += `count` matrices that lie `bytes` apart, in order. */
const addSums: Routine = ({ loops }, args) => {
  const [c, cRow, sums, bytes, count, rows, columns] = args as [number, number, number, number, number, number, number];
  for (let i = 0; i < count; i++) loops.addRuns(c, cRow, sums + i * bytes, 4 * columns, rows, columns);
};

export const ROUTINES = {
  product,
  packColumns,
  productRows,
  addSums,
  sumColumns,
  convolveRows,
  filterGradientRows,
  inputGradientImages,
  depthwiseRows,
  depthwiseFilterRows,
  depthwiseInputImages,
} satisfies Record<string, Routine>;

export type RoutineName = keyof typeof ROUTINES;
const ROUTINE_NAMES = Object.keys(ROUTINES) as RoutineName[];

/** A loop or a routine, by name, with its arguments. */
export type Task = readonly [name: RoutineName | keyof SimdLoops, args: readonly number[]];

/** As numbers, for other threads: the same on all of them, since they have the same module. */
export const nameIndex = (loops: SimdLoops, name: Task[0]): number => {
  const at = ROUTINE_NAMES.indexOf(name as RoutineName);
  return at >= 0 ? at : ROUTINE_NAMES.length + loopNames(loops).indexOf(name as keyof SimdLoops);
};
const nameAt = (loops: SimdLoops, index: number): Task[0] =>
  ROUTINE_NAMES[index] ?? loopNames(loops)[index - ROUTINE_NAMES.length]!;

const names = new WeakMap<SimdLoops, (keyof SimdLoops)[]>();
function loopNames(loops: SimdLoops): (keyof SimdLoops)[] {
  let known = names.get(loops);
  if (!known) {
    known = Object.keys(loops) as (keyof SimdLoops)[];
    names.set(loops, known);
  }
  return known;
}

export const performAt = (site: Site, index: number, args: readonly number[]): void =>
  perform(site, [nameAt(site.loops, index), args]);

/** Does a task on this thread. */
export function perform(site: Site, [name, args]: Task): void {
  if (name in ROUTINES) ROUTINES[name as RoutineName](site, args);
  else (site.loops[name as keyof SimdLoops] as (...numbers: readonly number[]) => void)(...args);
}
