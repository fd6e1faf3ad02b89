/** C = A B for float32 matrices that lie on the heap, either of them stored transposed, blocked for the caches. */

import type { SimdLoops } from './simd/loops.ts';
import { PANEL } from './simd/product.ts';

/** Depth of a packed panel: DEPTH x PANEL floats (8 KiB) stay in the first-level cache. */
export const DEPTH = 256;
/** Floats of A and C that stay in the second-level cache while the panels pass. */
const BLOCK = 64 * 1024;
/** So deep a transposed A is read where it lies: its few rows stay in the first-level cache, and copying costs more. */
const SHALLOW = 48;
/** Columns of B packed at a time, which bounds scratch memory to DEPTH x COLUMNS floats (4 MiB). */
const COLUMNS = 4096;

/** A matrix on the heap: address of its first element, bytes between stored rows, and whether those are its columns. */
export interface Matrix {
  address: number;
  rowBytes: number;
  transposed: boolean;
}

/** The part of a matrix that begins so many rows and columns in. */
export const partOf = (m: Matrix, row: number, column: number): Matrix => ({
  ...m,
  address: m.address + (m.transposed ? column * m.rowBytes + 4 * row : row * m.rowBytes + 4 * column),
});

/** Where a product goes. */
export interface Target {
  address: number;
  rowBytes: number;
}

export interface ProductSize {
  rows: number;
  columns: number;
  depth: number;
}

/** A right operand copied into panels, [panel][depth][PANEL], for one block of depth. */
interface Packed {
  address: number;
  columns: number;
  depth: number;
}

/** Bytes that packing `columns` x `depth` takes, with room for one spilled row of a tile. */
export const packedBytes = (columns: number, depth: number): number =>
  4 * PANEL * (Math.ceil(columns / PANEL) * depth + 1);

/** Copies B[depth, columns] into panels at `address`. */
export function packMatrix(loops: SimdLoops, b: Matrix, columns: number, depth: number, address: number): Packed {
  const pack = b.transposed ? loops.packTransposed : loops.pack;
  for (let n = 0; n < columns; n += PANEL) {
    const from = b.address + n * (b.transposed ? b.rowBytes : 4);
    pack(address + 4 * n * depth, from, depth, Math.min(PANEL, columns - n), b.rowBytes);
  }
  return { address, columns, depth };
}

/** C[rows, columns] (+)= A[rows, depth] packed[depth, columns], A read where it lies; `spill`: 4 PANEL bytes. */
export function multiplyPacked(
  loops: SimdLoops,
  a: Matrix,
  { address, columns, depth }: Packed,
  c: Target,
  rows: number,
  accumulate: boolean,
  spill: number,
): void {
  const multiply = a.transposed ? loops.multiplyTransposed : loops.multiply;
  for (let n = 0; n < columns; n += PANEL) {
    multiply(
      a.address,
      a.rowBytes,
      address + 4 * n * depth,
      c.address + 4 * n,
      c.rowBytes,
      rows,
      depth,
      Math.min(PANEL, columns - n),
      accumulate ? 1 : 0,
      spill,
    );
  }
}

/**
 * As `multiplyPacked`, for a transposed A that is first copied into panels at `scratch`: read in place, its rows lie
 * whole pages apart and evict each other from the first-level cache.
 */
function multiplyBothPacked(
  loops: SimdLoops,
  a: Matrix,
  { address, columns, depth }: Packed,
  c: Target,
  rows: number,
  accumulate: boolean,
  spill: number,
  scratch: number,
): void {
  packMatrix(loops, { ...a, transposed: false }, rows, depth, scratch);
  for (let n = 0; n < columns; n += PANEL) {
    for (let m = 0; m < rows; m += PANEL) {
      loops.multiplyTransposed(
        scratch + 4 * m * depth,
        4 * PANEL,
        address + 4 * n * depth,
        c.address + m * c.rowBytes + 4 * n,
        c.rowBytes,
        Math.min(PANEL, rows - m),
        depth,
        Math.min(PANEL, columns - n),
        accumulate ? 1 : 0,
        spill,
      );
    }
  }
}

/** How a product is cut into blocks, and what it needs to pack them. */
function blocksOf({ rows, columns, depth }: ProductSize, transposedA: boolean) {
  const deepest = Math.min(depth, DEPTH);
  const widest = Math.min(columns, COLUMNS);
  const block = Math.min(rows, Math.max(PANEL, Math.floor(BLOCK / (deepest + Math.min(widest, DEPTH)) / 40) * 40));
  const packsA = transposedA && depth > SHALLOW;
  const forB = packedBytes(widest, deepest);
  return { block, packsA, forB, forA: packsA ? packedBytes(block, deepest) : 0 };
}

/** Scratch memory that a product takes. */
export function scratchBytes(size: ProductSize, transposedA: boolean): number {
  const { forA, forB } = blocksOf(size, transposedA);
  return forA + forB;
}

/** Scratch memory of `multiplyWhole`. */
export const spillBytes = (size: ProductSize, transposedA: boolean): number =>
  4 * PANEL + blocksOf(size, transposedA).forA;

/** C[rows, columns] (+)= A[rows, depth] packed, for rows that stay in the second-level cache while the panels pass. */
function multiplyBlocks(
  loops: SimdLoops,
  a: Matrix,
  packed: Packed,
  c: Target,
  size: ProductSize,
  accumulate: boolean,
  spill: number,
): void {
  const { block, packsA } = blocksOf(size, a.transposed);
  for (let m = 0; m < size.rows; m += block) {
    const count = Math.min(block, size.rows - m);
    const left = { ...a, address: a.address + m * (a.transposed ? 4 : a.rowBytes) };
    const to = { ...c, address: c.address + m * c.rowBytes };
    if (packsA) multiplyBothPacked(loops, left, packed, to, count, accumulate, spill, spill + 4 * PANEL);
    else multiplyPacked(loops, left, packed, to, count, accumulate, spill);
  }
}

/** C[rows, columns] = A[rows, depth] B[depth, columns] on this thread; sums over the depth in blocks of 256. */
export function multiplyMatrices(
  loops: SimdLoops,
  a: Matrix,
  b: Matrix,
  c: Target,
  size: ProductSize,
  scratch: number,
): void {
  const { columns, depth } = size;
  const spill = scratch + blocksOf(size, a.transposed).forB - 4 * PANEL;
  for (let n = 0; n < columns; n += COLUMNS) {
    const width = Math.min(COLUMNS, columns - n);
    for (let k = 0; k < depth; k += DEPTH) {
      const deep = Math.min(DEPTH, depth - k);
      const packed = packMatrix(loops, partOf(b, k, n), width, deep, scratch);
      multiplyBlocks(loops, partOf(a, 0, k), packed, { ...c, address: c.address + 4 * n }, size, k > 0, spill);
    }
  }
}

/** Bytes that a whole right operand takes, packed block of depth by block: [k / DEPTH][panel][depth][PANEL]. */
export const wholeBytes = (columns: number, depth: number): number => 4 * PANEL * Math.ceil(columns / PANEL) * depth;

/** Where the block that begins at depth k lies. */
export const blockAt = (address: number, columns: number, k: number): number => address + wholeBytes(columns, k);

/** As `multiplyMatrices`, for a right operand that was packed whole. */
export function multiplyWhole(
  loops: SimdLoops,
  a: Matrix,
  packed: number,
  c: Target,
  size: ProductSize,
  scratch: number,
): void {
  const { columns, depth } = size;
  for (let k = 0; k < depth; k += DEPTH) {
    const block = { address: blockAt(packed, columns, k), columns, depth: Math.min(DEPTH, depth - k) };
    multiplyBlocks(loops, partOf(a, 0, k), block, c, size, k > 0, scratch);
  }
}
