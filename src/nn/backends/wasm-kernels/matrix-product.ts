/** Products on all threads. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { withScratch } from './heap.ts';
import {
  blockAt,
  DEPTH,
  type Matrix,
  type ProductSize,
  partOf,
  scratchBytes,
  spillBytes,
  type Target,
  wholeBytes,
} from './product.ts';
import type { Task } from './routines.ts';
import { ranges, runTasks, shares, threadsOf } from './simd/module.ts';
import { PANEL } from './simd/product.ts';

/** Multiplications that are worth a task of their own: some twenty microseconds. */
const WORTH = 256 * 1024;
/** Tasks of a thread: whoever is done first takes more of them, and waits for a short one at the end. */
const EACH = 8;
/** Elements whose packing is worth a task of its own. */
const WORTH_PACKING = 16 * 1024;
/** Bytes of an operand packed whole, or of sums, that all threads share: some times what one packs for itself. */
const SHARED = 16 * 1024 * 1024;

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

/**
 * C[rows, columns] = A[rows, depth] B[depth, columns]. Where rows are shared among the threads nothing is packed twice, so
 * they are wherever there are enough of them and the packed operand is not too large.
 */
export function product(backend: BackendWasm, one: Product, size: ProductSize): void {
  const { rows, columns, depth } = size;
  const { transposed } = one.a;
  const threads = threadsOf(backend);
  const parts = Math.min(EACH * threads, Math.floor((rows * columns * depth) / WORTH));
  const sharesRows = rows >= columns || (!transposed && rows >= PANEL * parts);
  if (parts < 2 || threads === 1) runTasks(backend, [taskOf(one, size)], scratchBytes(size, transposed));
  else if (depth > rows && depth > columns && depth > 2 * DEPTH) byDepth(backend, one, size, parts);
  else if (sharesRows && wholeBytes(columns, depth) <= SHARED) byRows(backend, one, size, parts);
  else byColumns(backend, one, size, parts);
}

/** All threads pack the right operand, each a part of it, and then each takes rows. */
function byRows(backend: BackendWasm, { a, b, c }: Product, size: ProductSize, parts: number): void {
  const { columns, depth } = size;
  withScratch(backend, wholeBytes(columns, depth), (packed) => {
    runTasks(backend, packing(backend, b, size, packed));
    const tasks = ranges(size.rows, parts, PANEL).map(([first, rows]): Task => {
      const { address } = partOf(a, first, 0);
      const numbers = [address, a.rowBytes, Number(a.transposed), packed];
      return ['productRows', [...numbers, c.address + first * c.rowBytes, c.rowBytes, rows, columns, depth]];
    });
    runTasks(backend, tasks, spillBytes(size, a.transposed));
  });
}

/** What packs a right operand whole: some columns of a block of depth in each task. */
function packing(backend: BackendWasm, b: Matrix, { columns, depth }: ProductSize, to: number): Task[] {
  const parts = Math.min(2 * threadsOf(backend), Math.floor((columns * depth) / WORTH_PACKING));
  const widths = ranges(columns, parts, PANEL);
  return ranges(depth, Math.ceil(depth / DEPTH), DEPTH).flatMap(([k, deep]) =>
    widths.map(([n, width]): Task => {
      const { address } = partOf(b, k, n);
      const at = blockAt(to, columns, k) + 4 * n * deep;
      return ['packColumns', [address, b.rowBytes, Number(b.transposed), width, deep, at]];
    }),
  );
}

function byColumns(backend: BackendWasm, { a, b, c }: Product, size: ProductSize, parts: number): void {
  const tasks = ranges(size.columns, parts, PANEL).map(([first, columns]) =>
    taskOf({ a, b: partOf(b, 0, first), c: { ...c, address: c.address + 4 * first } }, { ...size, columns }),
  );
  runTasks(backend, tasks, scratchBytes(size, a.transposed));
}

/** Ranges of the depth: as many for each thread, and of whole blocks where there are more blocks than ranges. */
function depths(threads: number, depth: number, most: number): [number, number][] {
  const each = Math.min(Math.ceil(depth / DEPTH / threads), Math.floor(most / threads));
  const parts = threads * Math.max(1, each);
  return ranges(depth, parts, depth > parts * DEPTH ? DEPTH : 2);
}

/** Each range has a sum of its own; they are added in order, so that as many threads give the same bits. */
function byDepth(backend: BackendWasm, { a, b, c }: Product, size: ProductSize, most: number): void {
  const { rows, columns } = size;
  const [bytes, rowBytes] = [4 * rows * columns, 4 * columns];
  const parts = depths(threadsOf(backend), size.depth, Math.min(most, Math.floor(SHARED / bytes)));
  const others = parts.length - 1;
  withScratch(backend, bytes * others, (sums) => {
    const tasks = parts.map(([first, depth], i) => {
      const to = i === 0 ? c : { address: sums + (i - 1) * bytes, rowBytes };
      return taskOf({ a: partOf(a, 0, first), b: partOf(b, first, 0), c: to }, { ...size, depth });
    });
    runTasks(backend, tasks, scratchBytes(size, a.transposed));
    const adding = shares(backend, rows, columns * others).map(([first, some]): Task => {
      const to = c.address + first * c.rowBytes;
      return ['addSums', [to, c.rowBytes, sums + first * rowBytes, bytes, others, some, columns]];
    });
    runTasks(backend, adding);
  });
}
