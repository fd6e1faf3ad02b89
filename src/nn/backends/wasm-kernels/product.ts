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

/** C[rows, columns] = A[rows, depth] B[depth, columns] on this thread; sums over the depth in blocks of 256. */
export function multiplyMatrices(
  loops: SimdLoops,
  a: Matrix,
  b: Matrix,
  c: Target,
  size: ProductSize,
  scratch: number,
): void {
  const { rows, columns, depth } = size;
  const { block, packsA, forB } = blocksOf(size, a.transposed);
  const spill = scratch + forB - 4 * PANEL;
  for (let n = 0; n < columns; n += COLUMNS) {
    const width = Math.min(COLUMNS, columns - n);
    for (let k = 0; k < depth; k += DEPTH) {
      const deep = Math.min(DEPTH, depth - k);
      const right = b.address + (b.transposed ? n * b.rowBytes + 4 * k : k * b.rowBytes + 4 * n);
      const packed = packMatrix(loops, { ...b, address: right }, width, deep, scratch);
      for (let m = 0; m < rows; m += block) {
        const count = Math.min(block, rows - m);
        const from = a.address + (a.transposed ? k * a.rowBytes + 4 * m : m * a.rowBytes + 4 * k);
        const to = { ...c, address: c.address + m * c.rowBytes + 4 * n };
        const left = { ...a, address: from };
        if (packsA) multiplyBothPacked(loops, left, packed, to, count, k > 0, spill, scratch + forB);
        else multiplyPacked(loops, left, packed, to, count, k > 0, spill);
      }
    }
  }
}
