/** The bench's networks in plain TensorFlow.js: logits [N, K] of a batch, one row for each label. */
import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../../nn/core.ts';
import type { BenchCase } from '../cases.ts';
import { attention, gelu, geluNew, layerNorm, linear, type Weights } from './layers.ts';

export type Network = (w: Weights, inputs: Values<tf.Tensor>) => tf.Tensor;

const mlp = (): Network => (w, v) => {
  const first = tf.relu(linear(w, 'fc1', v.features!));
  return linear(w, 'fc3', tf.relu(linear(w, 'fc2', first)));
};

const digitsCnn = (): Network => (w, v) => {
  let x = v.pixels as tf.Tensor4D;
  for (const [i, stride] of [1, 2, 2, 2].entries()) {
    const kernel = w.get(`conv${i + 1}.weight`) as tf.Tensor4D;
    x = tf.relu(tf.add(tf.conv2d(x, kernel, stride, 1), w.get(`conv${i + 1}.bias`)!)) as tf.Tensor4D;
  }
  const flat = tf.reshape(x, [x.shape[0], -1]);
  return linear(w, 'classifier', tf.relu(linear(w, 'fc1', flat)));
};

/** Radford et al. 2019: pre-norm blocks, the head tied to the table of tokens. */
function gpt2({ config }: BenchCase): Network {
  const [layers, count] = [config.n_layer as number, config.n_head as number];
  let mask: tf.Tensor | undefined;
  return (w, { ids }) => {
    const [batch, length] = ids!.shape as [number, number];
    mask ??= tf.keep(tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([length, length]), -1, 0)), -1e9));
    const table = w.get('transformer.wte.weight') as tf.Tensor2D;
    const places = tf.slice(w.get('transformer.wpe.weight')!, [0, 0], [length, table.shape[1]]);
    let x = tf.add(tf.gather(table, ids as tf.Tensor2D), places); // [B, T, D]
    for (let i = 0; i < layers; i++) {
      const name = `transformer.h.${i}`;
      const qkv = linear(w, `${name}.attn.c_attn`, layerNorm(w, `${name}.ln_1`, x, 1e-5));
      const [q, k, v] = tf.split(qkv, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
      x = tf.add(x, linear(w, `${name}.attn.c_proj`, attention(q, k, v, count, mask)));
      const inner = geluNew(linear(w, `${name}.mlp.c_fc`, layerNorm(w, `${name}.ln_2`, x, 1e-5)));
      x = tf.add(x, linear(w, `${name}.mlp.c_proj`, inner));
    }
    const rows = tf.reshape(layerNorm(w, 'transformer.ln_f', x, 1e-5), [batch * length, -1]);
    return tf.matMul(rows, table, false, true);
  };
}

/** Devlin et al. 2019: post-norm layers, the mean of the last states, a dense head. */
function bert({ config }: BenchCase): Network {
  const [layers, count] = [config.num_hidden_layers as number, config.num_attention_heads as number];
  return (w, { ids, types, mask }) => {
    const [batch, length] = ids!.shape as [number, number];
    const keep = mask as tf.Tensor2D; // [B, T], floats
    const bias = tf.mul(tf.sub(1, tf.reshape(keep, [batch, 1, 1, length])), -1e9);
    const table = (name: string) => w.get(`bert.embeddings.${name}_embeddings.weight`) as tf.Tensor2D;
    const words = tf.gather(table('word'), ids as tf.Tensor2D);
    const places = tf.slice(table('position'), [0, 0], [length, words.shape.at(-1)!]);
    const sum = tf.add(tf.add(words, places), tf.gather(table('token_type'), types as tf.Tensor2D));
    let x = layerNorm(w, 'bert.embeddings.LayerNorm', sum, 1e-12);
    for (let i = 0; i < layers; i++) {
      const name = `bert.encoder.layer.${i}`;
      const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(w, `${name}.attention.self.${part}`, x));
      const mixed = linear(w, `${name}.attention.output.dense`, attention(q!, k!, v!, count, bias));
      const h = layerNorm(w, `${name}.attention.output.LayerNorm`, tf.add(x, mixed), 1e-12);
      const out = linear(w, `${name}.output.dense`, gelu(linear(w, `${name}.intermediate.dense`, h)));
      x = layerNorm(w, `${name}.output.LayerNorm`, tf.add(h, out), 1e-12);
    }
    const share = tf.reshape(keep, [batch, length, 1]);
    const mean = tf.div(tf.sum(tf.mul(x, share), 1), tf.maximum(tf.sum(share, 1), 1e-9)); // [B, D]
    return linear(w, 'classifier', mean);
  };
}

interface Blocks {
  repeats: number;
  stride: number;
  expand: number;
  in: number;
  out: number;
}

/** Tan and Le 2019, the Lite variant; batch normalisation by its running statistics. */
function efficientnet({ config }: BenchCase): Network {
  return (w, v) => {
    const normed = (name: string, norm: string, x: tf.Tensor4D, stride: number, depthwise = false): tf.Tensor4D => {
      const kernel = w.get(`${name}.weight`) as tf.Tensor4D;
      const y = (depthwise ? tf.depthwiseConv2d : tf.conv2d)(x, kernel, stride, 'same') as tf.Tensor4D;
      const [mean, variance, offset, scale] = ['running_mean', 'running_var', 'bias', 'weight'].map(
        (part) => w.get(`${norm}.${part}`) as tf.Tensor1D,
      );
      return tf.batchNorm(y, mean!, variance!, offset, scale, config.batch_norm_eps as number);
    };
    let x = tf.relu6(normed('_conv_stem', '_bn0', v.pixels as tf.Tensor4D, 2));
    let at = 0;
    for (const { repeats, stride, expand, in: width, out } of config.blocks as Blocks[])
      for (let i = 0; i < repeats; i++) {
        const name = `_blocks.${at++}`;
        const step = i === 0 ? stride : 1;
        const wide = expand > 1 ? tf.relu6(normed(`${name}._expand_conv`, `${name}._bn0`, x, 1)) : x;
        const deep = tf.relu6(normed(`${name}._depthwise_conv`, `${name}._bn1`, wide, step, true));
        const y = normed(`${name}._project_conv`, `${name}._bn2`, deep, 1);
        x = step === 1 && (i > 0 || width === out) ? tf.add(x, y) : y;
      }
    const features = tf.mean(tf.relu6(normed('_conv_head', '_bn1', x, 1)), [1, 2]);
    return linear(w, '_fc', features);
  };
}

export const NETWORKS = {
  mlp,
  'digits-cnn': digitsCnn,
  'gpt-4l': gpt2,
  gpt2,
  minilm: bert,
  efficientnet,
} as const satisfies Record<BenchCase['model'], (o: BenchCase) => Network>;
