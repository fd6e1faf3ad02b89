/** Shared by the tests of language models, in Node and in a browser: fixtures of `scripts/models/text_fixtures.py`. */
import * as tf from '@tensorflow/tfjs-core';
import { readSafetensors, type TensorFile } from '../../lib/safetensors.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Architecture } from '../../nn/core.ts';
import { toDisk } from '../../nn/layout.ts';
import { Learner } from '../../nn/learner.ts';
import type { Objective } from '../../nn/loss-gradient.ts';
import { OPTIMIZERS } from '../../nn/optimizers/index.ts';
import { profile } from '../../nn/profile.ts';
import { engine as bert } from '../bert/engine.ts';
import type { ModelConfig } from '../engine.ts';
import { engine as gpt2 } from '../gpt2/engine.ts';
import { valuesOf } from '../testing.ts';

/** A small random network with what PyTorch made of it. */
export interface Variant {
  architecture: Architecture;
  weights: TensorFile;
  expected: TensorFile;
  inputs: Batch;
  targets: Batch;
}

export const VARIANTS = [
  { family: 'bert', variant: 'bert-cls' },
  { family: 'bert', variant: 'bert-mean' },
  { family: 'bert', variant: 'distilbert-cls' },
  { family: 'bert', variant: 'distilbert-mean' },
  { family: 'gpt2', variant: 'gpt2' },
] as const;

/** Integers of a file as a batch, by name. */
export const batchOf = (file: TensorFile, names: readonly string[]): Batch =>
  Object.fromEntries(
    names.map((name) => {
      const { data, shape } = file.get(name)!;
      return [name, { data: data as Int32Array, shape, dtype: 'int32' }] as const;
    }),
  );

const NO_DROPOUT = Object.fromEntries(
  'hidden_dropout_prob attention_probs_dropout_prob dropout attention_dropout seq_classif_dropout embd_pdrop attn_pdrop resid_pdrop'
    .split(' ')
    .map((name) => [name, 0]),
);

/** The architecture of a `config.json`, without dropout. */
export const architectureOf = (config: ModelConfig): Architecture =>
  ({ bert, gpt2 })[config.architecture as 'bert' | 'gpt2'].architecture({ ...config, ...NO_DROPOUT });

export async function readVariant(
  { family, variant }: (typeof VARIANTS)[number],
  read: (path: string) => Promise<Uint8Array>,
): Promise<Variant> {
  const path = `src/models/${family}/fixtures/${variant}`;
  const config: ModelConfig = JSON.parse(new TextDecoder().decode(await read(`${path}.json`)));
  const architecture = architectureOf(config);
  const expected = readSafetensors(await read(`${path}-expected.safetensors`), variant);
  return {
    architecture,
    weights: readSafetensors(await read(`${path}.safetensors`), variant),
    expected,
    inputs: batchOf(expected, Object.keys(architecture.inputs)),
    targets: batchOf(expected, architecture.perToken ? ['targets', 'mask'] : ['labels']),
  };
}

/** Mean cross-entropy of texts [B, K], or of the tokens [B, T, K] that are no padding, written out. */
export const crossEntropy: Objective = (logits, { labels, targets, mask }) => {
  const rows = tf.reshape(logits, [-1, logits.shape.at(-1)!]);
  const right = tf.reshape((labels ?? targets)!, [-1]);
  const weight = mask ? tf.reshape(tf.cast(mask, 'float32'), [-1]) : tf.onesLike(tf.cast(right, 'float32'));
  const each = tf.neg(tf.sum(tf.mul(tf.logSoftmax(rows), tf.oneHot(right, rows.shape[1]!)), 1));
  return { loss: tf.div(tf.sum(tf.mul(each, weight)), tf.sum(weight)), correct: tf.scalar(0) };
};

/** A learner of every weight. */
export const learnerOf = ({ architecture, weights }: Pick<Variant, 'architecture' | 'weights'>): Learner =>
  new Learner({
    architecture,
    values: valuesOf(architecture, weights),
    trainable: new Set(profile(architecture).weights.keys()),
    optimizer: OPTIMIZERS.adamw,
    objective: crossEntropy,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
  });

/** Gradients of every weight in the layout of the file, and the loss. */
export async function gradientsOf(
  variant: Variant,
  learner: Learner,
): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
  const { loss, correct, gradients } = learner.gradients({ kind: 'arrays', batch: variant.inputs }, variant.targets, 0);
  const read = new Map<string, Float32Array>();
  for (const [name, gradient] of gradients) {
    const data = (await gradient.data()) as Float32Array;
    read.set(name, toDisk(data, learner.network.weights.specs.get(name)!).data.slice());
  }
  const value = (await loss.data())[0]!;
  tf.dispose([loss, correct, ...gradients.values()]);
  return { loss: value, gradients: read };
}

export const rootMeanSquare = (data: Float32Array): number =>
  Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
