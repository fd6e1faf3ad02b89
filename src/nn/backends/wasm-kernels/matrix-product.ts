/** Products on all threads. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { withScratch } from './heap.ts';
import { DEPTH, type Matrix, type ProductSize, scratchBytes, type Target } from './product.ts';
import type { Task } from './routines.ts';
import { ranges, runTasks, simdLoops, threadsOf } from './simd/module.ts';
import { PANEL } from './simd/product.ts';

/** Multiplications that are worth a task of their own: some fifty microseconds. */
const WORTH = 512 * 1024;

export interface Product {
  a: Matrix;
  b: Matrix;
  c: Target;
}

const taskOf = ({ a, b, c }: Product, { rows, columns, depth }: ProductSize): Task => [
  'product',
  [
    ...[a.address, a.rowBytes, Number(a.transposed)],
    ...[b.address, b.rowBytes, Number(b.transposed)],
    ...[c.address, c.rowBytes, rows, columns, depth],
  ],
];

/** The part of A or B that begins so many rows and columns in. */
const partOf = (m: Matrix, row: number, column: number): Matrix => ({
  ...m,
  address: m.address + (m.transposed ? column * m.rowBytes + 4 * row : row * m.rowBytes + 4 * column),
});

/** Many products of one size. */
export function products(backend: BackendWasm, all: readonly Product[], size: ProductSize): void {
  const [first] = all;
  if (!first) return;
  if (all.length === 1) {
    product(backend, first, size);
    return;
  }
  const bytes = scratchBytes(size, first.a.transposed);
  const tasks = all.map((one) => taskOf(one, size));
  runTasks(backend, tasks, bytes);
}

/** C[rows, columns] = A[rows, depth] B[depth, columns]. The longest side is shared among the threads: it costs least. */
export function product(backend: BackendWasm, one: Product, size: ProductSize): void {
  const { rows, columns, depth } = size;
  const parts = Math.min(2 * threadsOf(backend), Math.floor((rows * columns * depth) / WORTH));
  if (parts < 2 || threadsOf(backend) === 1)
    runTasks(backend, [taskOf(one, size)], scratchBytes(size, one.a.transposed));
  else if (depth > rows && depth > columns && depth > 2 * DEPTH) byDepth(backend, one, size);
  else if (rows >= columns) byRows(backend, one, size, parts);
  else byColumns(backend, one, size, parts);
}

function byRows(backend: BackendWasm, { a, b, c }: Product, size: ProductSize, parts: number): void {
  const tasks = ranges(size.rows, parts, PANEL).map(([first, rows]) =>
    taskOf({ a: partOf(a, first, 0), b, c: { ...c, address: c.address + first * c.rowBytes } }, { ...size, rows }),
  );
  runTasks(backend, tasks, scratchBytes(size, a.transposed));
}

function byColumns(backend: BackendWasm, { a, b, c }: Product, size: ProductSize, parts: number): void {
  const tasks = ranges(size.columns, parts, PANEL).map(([first, columns]) =>
    taskOf({ a, b: partOf(b, 0, first), c: { ...c, address: c.address + 4 * first } }, { ...size, columns }),
  );
  runTasks(backend, tasks, scratchBytes(size, a.transposed));
}

/** Each thread has a sum of its own; they are added in order, so that the same threads give the same bits. */
function byDepth(backend: BackendWasm, { a, b, c }: Product, size: ProductSize): void {
  const { rows, columns } = size;
  const parts = ranges(size.depth, threadsOf(backend), DEPTH);
  const bytes = 4 * rows * columns;
  withScratch(backend, bytes * (parts.length - 1), (sums) => {
    const targetOf = (i: number): Target => (i === 0 ? c : { address: sums + (i - 1) * bytes, rowBytes: 4 * columns });
    const tasks = parts.map(([first, depth], i) =>
      taskOf({ a: partOf(a, 0, first), b: partOf(b, first, 0), c: targetOf(i) }, { ...size, depth }),
    );
    runTasks(backend, tasks, scratchBytes(size, a.transposed));
    const { addRuns } = simdLoops(backend);
    for (let i = 1; i < parts.length; i++)
      addRuns(c.address, c.rowBytes, targetOf(i).address, 4 * columns, rows, columns);
  });
}
