/** What fused calls mean, composed of operations: what every kernel of a plan is held against, on any backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, AttentionOptions, ConvLayerOptions, Ops } from '../core.ts';
import type { EmbedTables } from '../kernels/embed.ts';
import type { KernelCall } from './execute.ts';
import type { ConvArgs, ConvWeights } from './rules/convolutions.ts';

type TfOps = Ops<tf.Tensor>;

export interface LinearTensors {
  weights: readonly tf.Tensor[];
  biases?: readonly tf.Tensor[];
  transposed?: boolean;
  activation?: Activation;
  residual?: tf.Tensor;
  lowRank?: readonly ({ a: tf.Tensor; b: tf.Tensor; scale: number } | undefined)[];
  dropped?: { name: string; rate: number };
}

function linear(ops: TfOps, x: tf.Tensor, o: LinearTensors): tf.Tensor {
  const into = o.dropped ? ops.dropout(o.dropped.name, x, o.dropped.rate) : x;
  const parts = o.weights.map((weight, i) => {
    const y = ops.matMul(x, weight, o.transposed ?? false);
    const biased = o.biases ? ops.add(y, o.biases[i]!) : y;
    const pair = o.lowRank?.[i];
    if (!pair) return biased;
    return ops.add(biased, ops.mul(ops.matMul(ops.matMul(into, pair.a), pair.b), pair.scale));
  });
  const y = parts.length === 1 ? parts[0]! : tf.concat([...parts], -1);
  if (o.residual) return ops.add(o.residual, y);
  return o.activation ? ops.activation(o.activation, y) : y;
}

function attention(ops: TfOps, name: string, packed: tf.Tensor, o: AttentionOptions<tf.Tensor>): tf.Tensor {
  const width = ops.width(packed) / 3;
  const [q, k, v] = [0, 1, 2].map((i) => ops.slice(packed, -1, i * width, (i + 1) * width));
  return ops.attention(name, q!, k!, v!, o);
}

function layerNorm(
  ops: TfOps,
  x: tf.Tensor,
  residual: tf.Tensor | undefined,
  scale: tf.Tensor,
  bias: tf.Tensor,
  eps: number,
  give: string,
): tf.Tensor | tf.Tensor[] {
  const sum = residual ? ops.add(x, residual) : x;
  const centred = tf.sub(sum, tf.mean(sum, -1, true));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), eps)));
  const y = tf.add(tf.mul(unit, scale), bias);
  if (give === 'norm') return y;
  return give === 'sum and norm' ? [residual ? sum : tf.clone(sum), y] : [y, tf.clone(y)];
}

/** The convolution and, where there is one, the low-rank pair beside it, without what follows. */
function bareConv(
  ops: TfOps,
  name: string,
  x: tf.Tensor,
  o: ConvLayerOptions,
  weights: ConvWeights<tf.Tensor>,
): tf.Tensor {
  const y = ops.conv(name, x, o);
  const { lowRank, dropped } = weights;
  if (!lowRank) return y;
  const { stride, pad, dilation = 1 } = o;
  const into = dropped ? ops.dropout(dropped.name, x, dropped.rate) : x;
  const h = ops.conv2d(into, lowRank.a, { stride, pad, dilation, depthwise: false });
  const up = ops.conv2d(h, lowRank.b, { stride: 1, pad: 'same', depthwise: false });
  return ops.add(y, ops.mul(up, lowRank.scale));
}

function conv(ops: TfOps, ...[name, x, o, weights, residual, passes]: ConvArgs<tf.Tensor>): tf.Tensor | tf.Tensor[] {
  const { norm, activation, ...bare } = o;
  const give = (y: tf.Tensor) => (passes ? [y, tf.clone(x)] : y);
  if (!weights.lowRank && !residual) return give(ops.conv(name, x, o));
  let y = weights.lowRank ? bareConv(ops, name, x, bare, weights) : ops.conv(name, x, norm ? { ...bare, norm } : bare);
  if (norm && weights.lowRank) {
    const { name: normName, ...options } = norm;
    y = ops.batchNorm(normName, y, options);
  }
  if (residual) y = ops.add(residual, y);
  return give(activation ? ops.activation(activation, y) : y);
}

const embed = (ops: TfOps, ids: tf.Tensor, { tokens, positions, types, typeIds }: EmbedTables): tf.Tensor => {
  const sum = ops.add(ops.gather(tokens, ids), ops.gather(positions!, ops.range(ids, 1)));
  return types ? ops.add(sum, ops.gather(types, typeIds!)) : sum;
};

export const PLAIN = {
  'kernel.linear': linear,
  'kernel.attention': attention,
  'kernel.layerNorm': layerNorm,
  'kernel.conv': conv,
  'kernel.embed': embed,
  'kernel.fork': (_ops: TfOps, table: tf.Tensor) => [tf.clone(table), tf.clone(table)],
} satisfies Record<string, KernelCall>;
