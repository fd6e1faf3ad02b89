/** Fused calls as kernels do them on WebGPU. */
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionOptions, NormOptions, Ops } from '../core.ts';
import { normWeights } from '../derive.ts';
import { add } from '../kernels/add.ts';
import { attention, packedAttention, WIDEST } from '../kernels/attention.ts';
import { convolve } from '../kernels/convolution.ts';
import { type EmbedTables, embed, forkTable } from '../kernels/embed.ts';
import { addLayerNorm } from '../kernels/layer-norm.ts';
import { linear } from '../kernels/linear.ts';
import { lowRankConvolution } from '../kernels/low-rank-convolution.ts';
import { maskedMean } from '../kernels/masked-mean.ts';
import type { Give } from '../kernels/norm.ts';
import { pixelMean } from '../kernels/pixel-mean.ts';
import { addRmsNorm } from '../kernels/rms-norm.ts';
import { currentTape } from '../tape.ts';
import type { KernelCall } from './execute.ts';
import { type LinearTensors, PLAIN } from './plain.ts';
import type { ConvArgs } from './rules/convolutions.ts';

type TfOps = Ops<tf.Tensor>;

function product(ops: TfOps, x: tf.Tensor, { dropped, ...o }: LinearTensors): tf.Tensor {
  const seed = dropped && ops.dropoutSeed?.(dropped.name);
  return linear(x, { ...o, dropout: seed === undefined ? undefined : { ...dropped!, seed } });
}

function layerNorm(
  _ops: TfOps,
  x: tf.Tensor,
  residual: tf.Tensor | undefined,
  scale: tf.Tensor,
  bias: tf.Tensor,
  eps: number,
  give: Give,
): tf.Tensor | tf.Tensor[] {
  const results = addLayerNorm(x, residual, scale, bias, eps, give);
  return give === 'norm' ? results[0]! : results;
}

/** Whether a gradient by one of these will be taken. */
const trains = (tensors: readonly (tf.Tensor | undefined)[]): boolean => {
  const tape = currentTape();
  return tape !== undefined && tensors.some((tensor) => tensor && tape.moves(tensor));
};

function conv(ops: TfOps, ...[name, x, o, weights, residual, passes]: ConvArgs<tf.Tensor>): tf.Tensor | tf.Tensor[] {
  const { w, bias, norm, lowRank, dropped } = weights;
  // statistics of the batch come after the convolution, not with it; beside a low-rank pair all else is frozen
  const apart =
    (o.norm && ops.batchStatistics?.(o.norm.name, o.norm)) || (lowRank && trains([w, bias, norm?.scale, norm?.shift]));
  if (apart) return PLAIN['kernel.conv'](ops, name, x, o, weights, residual, passes);
  const { stride, pad, dilation, depthwise, activation } = o;
  const normed = norm && o.norm ? { norm: { ...norm, eps: o.norm.eps } } : {};
  const options = { stride, pad, dilation, depthwise, activation, bias, residual, ...normed };
  // what does not move passes on what does not move
  const joined = passes && trains([x]);
  const seed = dropped && ops.dropoutSeed?.(dropped.name);
  const pair = lowRank && { ...lowRank, dropout: seed === undefined ? undefined : { ...dropped!, seed } };
  const made = pair ? lowRankConvolution(x, w, pair, options, joined) : convolve(x, w, options, joined);
  if (!passes) return made[0]!;
  return joined ? made : [made[0]!, tf.clone(x)];
}

const scoresOf = (ops: TfOps, name: string, o: AttentionOptions<tf.Tensor>) => {
  const { heads, kvHeads, causal, mask, scale, dropout: rate = 0 } = o;
  const seed = rate > 0 ? ops.dropoutSeed?.(name) : undefined;
  return { heads, kvHeads, causal, mask, scale, dropout: seed === undefined ? undefined : { name, rate, seed } };
};

function selfAttention(ops: TfOps, name: string, packed: tf.Tensor, o: AttentionOptions<tf.Tensor>): tf.Tensor {
  if (ops.width(packed) / 3 / o.heads > WIDEST) return PLAIN['kernel.attention'](ops, name, packed, o);
  return packedAttention(packed, scoresOf(ops, name, o));
}

function apart(ops: TfOps, name: string, ...[q, k, v, o]: [tf.Tensor, tf.Tensor, tf.Tensor, Attention]): tf.Tensor {
  if (o.prefix || o.bias || (o.cross && o.causal) || ops.width(q) / o.heads > WIDEST)
    return ops.attention(name, q, k, v, o);
  return attention(q, k, v, scoresOf(ops, name, o));
}
type Attention = AttentionOptions<tf.Tensor>;

/** The mean over an image's pixels in one go; other reductions as they come. */
const reduce = (ops: TfOps, ...[kind, x, axes, keepDims]: Parameters<TfOps['reduce']>): tf.Tensor =>
  kind === 'mean' && !keepDims && x.rank === 4 && String(axes) === '1,2'
    ? pixelMean(x as tf.Tensor4D)
    : ops.reduce(kind, x, axes, keepDims);

/** A sum of two values of one shape that no other kernel took. */
const summed = (a: tf.Tensor, b: tf.Tensor, otherwise: () => tf.Tensor): tf.Tensor =>
  String(a.shape) === String(b.shape) && a.dtype === 'float32' && b.dtype === 'float32' ? add(a, b) : otherwise();

export const KERNELS = {
  ...PLAIN,
  'kernel.linear': product,
  'kernel.attention': selfAttention,
  'kernel.layerNorm': layerNorm,
  'kernel.conv': conv,
  'kernel.embed': (_ops: TfOps, ids: tf.Tensor, tables: EmbedTables) => embed(ids, tables),
  'kernel.fork': (_ops: TfOps, table: tf.Tensor) => forkTable(table),
  attention: apart,
  rmsNorm: (ops: TfOps, name: string, x: tf.Tensor, o: NormOptions) => {
    const { scale } = normWeights(name, ops.width(x));
    return addRmsNorm(x, undefined, ops.weight(scale.name, scale.spec), o.eps, 'norm')[0]!;
  },
  maskedMean: (_ops: TfOps, x: tf.Tensor, mask: tf.Tensor) => maskedMean(x, mask),
  reduce,
  residual: (ops: TfOps, name: string, x: tf.Tensor, branch: tf.Tensor) =>
    summed(x, branch, () => ops.residual(name, x, branch)),
  binary: (ops: TfOps, ...[kind, a, b]: Parameters<TfOps['binary']>) =>
    kind === 'add' ? summed(a, b, () => ops.binary(kind, a, b)) : ops.binary(kind, a, b),
} satisfies Record<string, KernelCall>;
