import { readFileSync } from 'node:fs';
import { mlp } from '../../src/bench/mlp.ts';
import { uniform } from '../../src/lib/random.ts';
import { engine as bert } from '../../src/models/bert/engine.ts';
import { engine as efficientnet } from '../../src/models/efficientnet-lite/engine.ts';
import type { ModelConfig } from '../../src/models/engine.ts';
import { engine as gpt2 } from '../../src/models/gpt2/engine.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { labelObjective, labelTargets } from '../../src/nn/classification.ts';
import type { Architecture } from '../../src/nn/core.ts';
import type { Objective } from '../../src/nn/loss-gradient.ts';
import { nextTokenObjective } from '../../src/nn/next-token.ts';
import { product } from '../../src/nn/shapes.ts';
import { ROOT } from '../lib/root.ts';
import { type ModelId, TOKENS } from './model-ids.ts';

export interface CountedBatch {
  inputs: Batch;
  /** As our own objectives take them. */
  targets: Batch;
  /** One for each row of logits. */
  labels: Int32Array;
}

/** What one training step of is counted. */
export interface CountedModel {
  /** Fields of a `config.json`; `dropout` is the share of activations that the model drops of its own accord. */
  config(dropout: number): ModelConfig;
  architecture(config: ModelConfig): Architecture;
  batch(seed: number): CountedBatch;
  objective: Objective;
}

const int32 = (shape: readonly number[], value: (i: number) => number): Batch[string] => ({
  data: Int32Array.from({ length: Number(product(shape)) }, (_, i) => value(i)),
  shape,
  dtype: 'int32',
});
const float32 = (shape: readonly number[], value: (i: number) => number): Batch[string] => ({
  data: Float32Array.from({ length: Number(product(shape)) }, (_, i) => value(i)),
  shape,
  dtype: 'float32',
});

const below = (next: () => number, bound: number) => () => Math.floor(bound * next());

/** One label a row. */
function labelled(inputs: Batch, next: () => number, rows: number, classes: number): CountedBatch {
  const labels = Int32Array.from({ length: rows }, below(next, classes));
  return { inputs, labels, targets: labelTargets(labels, { classes, smoothing: 0 }).batch };
}

const shipped = (id: string): ModelConfig =>
  JSON.parse(readFileSync(`${ROOT}public/models/${id}/config.json`, 'utf8')) as ModelConfig;

interface Sizes {
  layers: number;
  width: number;
  heads: number;
  vocabulary: number;
  positions: number;
}

/** GPT-2 in these sizes; every token is learned. */
const gpt = (s: Sizes, rows: number): CountedModel => ({
  config: (dropout) => ({
    architecture: 'gpt2',
    num_labels: 0,
    vocab_size: s.vocabulary,
    n_positions: s.positions,
    n_embd: s.width,
    n_layer: s.layers,
    n_head: s.heads,
    embd_pdrop: dropout,
    attn_pdrop: dropout,
    resid_pdrop: dropout,
  }),
  architecture: gpt2.architecture,
  batch(seed) {
    const token = below(uniform(seed), s.vocabulary);
    const shape = [rows, TOKENS];
    const next = int32(shape, token);
    const targets = { next, weights: float32(shape, () => 1), total: float32([], () => rows * TOKENS) };
    return { inputs: { ids: int32(shape, token) }, targets, labels: next.data as Int32Array };
  },
  objective: nextTokenObjective,
});

const WIDTHS = [32, 64, 64, 2];

export const MODELS = {
  mlp: {
    config: () => ({ architecture: 'mlp', num_labels: WIDTHS.at(-1)!, widths: WIDTHS }),
    architecture: () => mlp(WIDTHS),
    batch(seed) {
      const next = uniform(seed);
      return labelled({ features: float32([32, WIDTHS[0]!], next) }, next, 32, WIDTHS.at(-1)!);
    },
    objective: labelObjective,
  },
  minilm: {
    config: (dropout) => ({
      ...shipped('minilm-l6'),
      num_labels: 2,
      hidden_dropout_prob: dropout,
      attention_probs_dropout_prob: dropout,
    }),
    architecture: bert.architecture,
    /** Texts of different lengths, the rest of each row padding. */
    batch(seed) {
      const next = uniform(seed);
      const rows = 8;
      const shape = [rows, TOKENS];
      const inputs = {
        ids: int32(shape, below(next, Number(shipped('minilm-l6').vocab_size))),
        mask: int32(shape, (i) => Number(i % TOKENS < TOKENS - Math.floor(i / TOKENS))),
        types: int32(shape, () => 0),
      };
      return labelled(inputs, next, rows, 2);
    },
    objective: labelObjective,
  },
  'gpt-4l': gpt({ layers: 4, width: 256, heads: 4, vocabulary: 512, positions: 128 }, 16),
  gpt2: gpt({ layers: 12, width: 768, heads: 12, vocabulary: 50257, positions: 1024 }, 4),
  efficientnet: {
    config: (dropout) => ({ ...shipped('efficientnet-lite0'), num_labels: 10, dropout_rate: dropout }),
    architecture: efficientnet.architecture,
    batch(seed) {
      const next = uniform(seed);
      return labelled({ pixels: float32([16, 224, 224, 3], next) }, next, 16, 10);
    },
    objective: labelObjective,
  },
} as const satisfies Record<ModelId, CountedModel>;

/** Batches that differ in what they hold, so that none can be kept from one step to the next. */
export const batchesOf = (id: ModelId): readonly CountedBatch[] => [1, 2, 3].map((seed) => MODELS[id].batch(seed));

export const bytesOf = (batch: Batch): number =>
  Object.values(batch).reduce((sum, { data }) => sum + data.byteLength, 0);
