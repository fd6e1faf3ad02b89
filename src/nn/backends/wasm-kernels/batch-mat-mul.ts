import { BatchMatMul, broadcast_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, type KernelArgs, replaceKernel, sizeOf, stockKernel, zeros } from './heap.ts';
import { products } from './matrix-product.ts';
import { leavesProducts } from './simd/module.ts';

/** Offsets, in matrices, of each output matrix's operand, with dimensions of size one repeated. */
function matrixIndices(batch: readonly number[], own: readonly number[]): number[] {
  const aligned = [...new Array<number>(batch.length - own.length).fill(1), ...own];
  let indices = [0];
  aligned.forEach((size, axis) => {
    indices = indices.flatMap((index) =>
      Array.from({ length: batch[axis]! }, (_, i) => (size === 1 ? index : index * size + i)),
    );
  });
  return indices;
}

/**
 * a [..., M, K] (or [..., K, M] with transposeA) times b [..., K, N] (or [..., N, K]) -> [..., M, N]; leading
 * dimensions broadcast. The stock kernel is fast for one untransposed product only (XNNPACK, on one thread here) and up
 * to thirty times slower otherwise.
 */
export function batchMatMul(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const a = inputs.a!;
  const b = inputs.b!;
  const transposeA = attrs.transposeA === true;
  const transposeB = attrs.transposeB === true;
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const single = sizeOf(batchA) === 1 && sizeOf(batchB) === 1;
  if (!transposeA && !transposeB && single && leavesProducts(backend)) return stockKernel(BatchMatMul)(args);
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [a1, a0] : [a0, a1];
  const [depthB, columns] = transposeB ? [b1, b0] : [b0, b1];
  if (depth !== depthB)
    throw new Error(`matMul: inner sizes ${depth} and ${depthB} differ ([${a.shape}] x [${b.shape}])`);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const shape = [...batch, rows, columns];
  if (depth === 0) return zeros(backend, shape);
  const out = backend.makeOutput(shape, 'float32');
  const [fromA, fromB, to] = [addressOf(backend, a), addressOf(backend, b), addressOf(backend, out)];
  const ofA = matrixIndices(batch, batchA);
  const ofB = matrixIndices(batch, batchB);
  const each = ofA.map((index, i) => ({
    a: { address: fromA + 4 * index * rows * depth, rowBytes: 4 * a1, transposed: transposeA },
    b: { address: fromB + 4 * ofB[i]! * depth * columns, rowBytes: 4 * b1, transposed: transposeB },
    c: { address: to + 4 * i * rows * columns, rowBytes: 4 * columns },
  }));
  products(backend, each, { rows, columns, depth });
  return out;
}

export const registerBatchMatMul = (): void => replaceKernel(BatchMatMul, batchMatMul);
