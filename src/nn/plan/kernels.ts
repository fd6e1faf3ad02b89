/** Fused calls as kernels do them on WebGPU. */
import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionOptions, ConvLayerOptions, NormOptions, Ops } from '../core.ts';
import { normWeights } from '../derive.ts';
import { attention, packedAttention, WIDEST } from '../kernels/attention.ts';
import { convolution } from '../kernels/convolution.ts';
import { type EmbedTables, embed, forkTable } from '../kernels/embed.ts';
import { addLayerNorm } from '../kernels/layer-norm.ts';
import { linear } from '../kernels/linear.ts';
import { maskedMean } from '../kernels/masked-mean.ts';
import type { Give } from '../kernels/norm.ts';
import { pixelMean } from '../kernels/pixel-mean.ts';
import { addRmsNorm } from '../kernels/rms-norm.ts';
import type { KernelCall } from './execute.ts';
import type { ConvWeights } from './fuse.ts';
import { type LinearTensors, PLAIN } from './plain.ts';

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

function conv(
  ops: TfOps,
  name: string,
  x: tf.Tensor,
  o: ConvLayerOptions,
  { w, bias, norm }: ConvWeights<tf.Tensor>,
  residual: tf.Tensor | undefined,
): tf.Tensor {
  // statistics of the batch come after the convolution, not with it
  if (o.norm && ops.batchStatistics?.(o.norm.name, o.norm))
    return PLAIN['kernel.conv'](ops, name, x, o, { w }, residual);
  const { stride, pad, dilation, depthwise, activation } = o;
  const normed = norm && o.norm ? { norm: { ...norm, eps: o.norm.eps } } : {};
  return convolution(x, w, { stride, pad, dilation, depthwise, activation, bias, residual, ...normed });
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
} satisfies Record<string, KernelCall>;
