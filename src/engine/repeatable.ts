import { type Profile, sizeOf } from '../nn/profile.ts';
import type { BackendInfo } from '../protocol/backend.ts';

/** Rows of a sum from which on TensorFlow.js 4.22 splits it on WebGPU. */
const SPLIT_ROWS = 2000;
/** Tiles of 32 × 32 of a result up to which it does so: 8, on Intel's newer GPUs 16. Up to 128 values are summed whole. */
const FEW_TILES = 16;
const TILE = 32;
const FEW_VALUES = 128;

/**
 * Operations that keep a run from repeating bit for bit. On WebGPU, a product that sums many rows into a small matrix, as
 * the gradient of a narrow layer does over all tokens or pixels of a batch, is split and its parts are added with atomics,
 * in whatever order threads come (`MatMulSplitKProgram`).
 */
export function unrepeatable(
  { profile, trainable }: { profile: Profile; trainable: ReadonlySet<string> },
  batchSize: number,
  { name: backend }: Pick<BackendInfo, 'name'>,
): string[] {
  if (backend !== 'webgpu') return [];
  const split = profile.stages.some(({ flops, weights }) => {
    const specs = weights.map((name) => ({ name, shape: profile.weights.get(name)?.shape ?? [] }));
    const matrices = specs.filter(({ shape }) => shape.filter((size) => size > 1).length === 2);
    // each weight of a matrix is multiplied once a row
    const values = matrices.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const rows = values > 0 ? (batchSize * flops) / (2 * values) : 0;
    return rows >= SPLIT_ROWS && matrices.some(({ name, shape }) => trainable.has(name) && isSmall(shape));
  });
  return split ? ['MatMul'] : [];
}

function isSmall(shape: readonly number[]): boolean {
  const tiles = shape.reduce((product, size) => product * Math.ceil(size / TILE), 1);
  return tiles <= FEW_TILES && sizeOf(shape) > FEW_VALUES;
}
