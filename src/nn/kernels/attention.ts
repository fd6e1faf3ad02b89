/** softmax(Q Kᵀ scale) V by heads (Vaswani et al. 2017, equation 1) without a matrix of queries x keys (Dao et al. 2022). */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Sizes, UNIFORMS, type Variant } from './attention-blocks.ts';
import * as rows from './attention-rows.ts';
import * as blocks from './attention-text.ts';
import type { TrainingBackend } from './backend.ts';
import type { KernelSource } from './kernel.ts';
import { dropBelow } from './random.ts';
import { operation } from './tape.ts';
import { placeUniform } from './uniforms.ts';
import { wayOf } from './way.ts';

export interface AttentionOptions {
  heads: number;
  /** Heads of keys and values, each for as many of queries (Ainslie et al. 2023). */
  kvHeads?: number | undefined;
  /** Queries are the last of the positions of the keys. */
  causal?: boolean | undefined;
  /** [B, Tk]; 0 is not attended to. */
  mask?: tf.Tensor | undefined;
  /** 1 / √d where it is not given. */
  scale?: number | undefined;
  /** Of the shares; `name` says where in the network, which has uniforms of its own. */
  dropout?: { name: string; rate: number; seed: number } | undefined;
}

/** The widest head that the blocks have registers and workgroup memory for. */
export const WIDEST = 128;

interface Call {
  variant: Variant;
  sizes: Sizes;
  options: AttentionOptions;
}

function callOf(sizes: Sizes, packed: boolean, options: AttentionOptions): Call {
  const { causal = false, mask, dropout } = options;
  if (sizes.d > WIDEST) throw new Error(`a head of ${sizes.d} is wider than ${WIDEST}`);
  const kind = mask ? (mask.dtype === 'float32' ? 'f32' : 'i32') : 'none';
  return { variant: { width: sizes.d, packed, causal, mask: kind, dropped: dropout !== undefined }, sizes, options };
}

/** The kernels and their workgroups. */
const text = () => (wayOf('rows') === 'alone' ? rows : blocks);

/** Records one of the kernels; forward and backward of a place have the same numbers. */
function dispatch(
  backend: TrainingBackend,
  stage: string,
  { variant, sizes, options: { scale, dropout } }: Call,
  source: (variant: Variant) => KernelSource,
  tensors: readonly (TensorInfo | undefined)[],
  groups: number,
): void {
  const { B, H, Hkv, Tq, Tk, d } = sizes;
  const row = (H + 2 * Hkv) * d;
  const strides = variant.packed ? [row, row, H * d, (H + Hkv) * d] : [H * d, Hkv * d, 0, 0];
  const chance = dropout ? [dropBelow(dropout.rate), 1 / (1 - dropout.rate), dropout.seed] : [0, 1, 0];
  const values = [B, H, Hkv, Tq, Tk, ...strides, scale ?? 1 / Math.sqrt(d), ...chance];
  const uniforms = dropout ? placeUniform(backend, 'attention', dropout.name, UNIFORMS, values) : values;
  const bound = tensors.filter((tensor) => tensor !== undefined);
  backend.dispatch(`attention.${stage}/${Object.values(variant)}`, () => source(variant), bound, uniforms, groups);
}

/** o [B, Tq, H*d] and, for the way back, each row's log-sum with room for as much again. */
function forward(
  backend: TrainingBackend,
  call: Call,
  inputs: readonly tf.Tensor[],
): [o: TensorInfo, sums: TensorInfo] {
  const { B, H, Tq, d } = call.sizes;
  const o = backend.make([B, Tq, H * d]);
  const sums = backend.make([2, B, H, Tq]);
  const tensors = [...inputs, call.options.mask, o, sums];
  const { forwardSource, queryGroups } = text();
  dispatch(backend, 'forward', call, forwardSource, tensors, queryGroups(call.sizes));
  return [o, sums];
}

/** x [B, T, (H + 2 Hkv) d], queries, keys and values side by side in each row -> [B, T, H*d] */
export function packedAttention(x: tf.Tensor, options: AttentionOptions): tf.Tensor {
  const { heads: H, kvHeads: Hkv = H, mask } = options;
  const [B, T, row] = x.shape as [number, number, number];
  const sizes = { B, H, Hkv, Tq: T, Tk: T, d: row / (H + 2 * Hkv) };
  const call = callOf(sizes, true, options);
  const [o] = operation({
    name: 'attention',
    inputs: { x },
    forward(backend) {
      const [y, sums] = forward(backend, call, [x]);
      return { outputs: [y], saved: [x, y, sums, ...(mask ? [mask] : [])] };
    },
    backward(backend, [dy], [kept, y, sums, seen]) {
      const dx = backend.make(x.shape);
      const tensors = [kept, seen, y, sums, dy, dx];
      const { packedGradientSource, queryGroups, keyGroups } = text();
      dispatch(backend, 'backward', call, packedGradientSource, tensors, queryGroups(sizes) + keyGroups(sizes));
      return { x: dx };
    },
  });
  return o!;
}

/** q [B, Tq, H*d], k and v [B, Tk, Hkv*d] -> [B, Tq, H*d] */
export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: AttentionOptions): tf.Tensor {
  const { heads: H, kvHeads: Hkv = H, mask } = options;
  const [B, Tq, width] = q.shape as [number, number, number];
  const sizes = { B, H, Hkv, Tq, Tk: k.shape[1]!, d: width / H };
  const call = callOf(sizes, false, options);
  const [o] = operation({
    name: 'attention',
    inputs: { q, k, v },
    forward(backend) {
      const [y, sums] = forward(backend, call, [q, k, v]);
      return { outputs: [y], saved: [q, k, v, y, sums, ...(mask ? [mask] : [])] };
    },
    backward(backend, [dy], [q1, k1, v1, y, sums, seen], wanted) {
      const dq = backend.make(q.shape);
      const inputs = [q1, k1, v1, seen];
      const { queryGradientSource, queryGroups, keyGradientSource, keyGroups } = text();
      dispatch(backend, 'queries', call, queryGradientSource, [...inputs, y, sums, dy, dq], queryGroups(sizes));
      if (!wanted.k && !wanted.v) return { q: dq };
      const [dk, dv] = [backend.make(k.shape), backend.make(v.shape)];
      dispatch(backend, 'keys', call, keyGradientSource, [...inputs, sums, dy, dk, dv], keyGroups(sizes));
      return { q: dq, k: dk, v: dv };
    },
  });
  return o!;
}
