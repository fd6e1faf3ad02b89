import { readFileSync } from 'node:fs';
import { uniform } from '../../src/lib/random.ts';
import type { ModelConfig } from '../../src/models/engine.ts';
import { MODEL_ENGINES } from '../../src/models/engines.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { labelObjective, labelTargets } from '../../src/nn/classification.ts';
import type { Architecture } from '../../src/nn/core.ts';
import type { Objective } from '../../src/nn/learner.ts';
import { nextTokenObjective } from '../../src/nn/next-token.ts';
import { ROOT } from '../lib/root.ts';
import { mlp } from './mlp.ts';

/** What one training step of is counted. */
export interface CountedModel {
  what: string;
  /** `dropout`: share of activations that it drops wherever it has a dropout. */
  architecture(dropout: number): Architecture;
  /** A batch that is drawn anew. */
  batch(seed: number): { inputs: Batch; targets: Batch };
  objective: Objective;
}

const shipped = (id: string): ModelConfig => JSON.parse(readFileSync(`${ROOT}public/models/${id}/config.json`, 'utf8'));

const int32 = (shape: readonly number[], value: (i: number) => number): Batch[string] => ({
  data: Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
  shape,
  dtype: 'int32',
});
const float32 = (shape: readonly number[], value: (i: number) => number): Batch[string] => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
  shape,
  dtype: 'float32',
});

const below = (next: () => number, bound: number) => () => Math.floor(bound * next());

const labelsOf = (next: () => number, count: number, classes: number): Batch =>
  labelTargets(Int32Array.from({ length: count }, below(next, classes)), { classes, smoothing: 0 }).batch;

/** GPT-2 in the sizes that are given; every token is learned. */
function gpt(
  sizes: { layers: number; width: number; heads: number; vocabulary: number; positions: number },
  rows: number,
  tokens: number,
): Omit<CountedModel, 'what'> {
  const shape = [rows, tokens];
  return {
    architecture: (dropout) =>
      MODEL_ENGINES.gpt2.architecture({
        architecture: 'gpt2',
        num_labels: 0,
        vocab_size: sizes.vocabulary,
        n_positions: sizes.positions,
        n_embd: sizes.width,
        n_layer: sizes.layers,
        n_head: sizes.heads,
        embd_pdrop: dropout,
        attn_pdrop: dropout,
        resid_pdrop: dropout,
      }),
    batch(seed) {
      const token = below(uniform(seed), sizes.vocabulary);
      return {
        inputs: { ids: int32(shape, token) },
        targets: {
          next: int32(shape, token),
          weights: float32(shape, () => 1),
          total: float32([], () => rows * tokens),
        },
      };
    },
    objective: nextTokenObjective,
  };
}

const MLP = { widths: [32, 64, 64, 2], rows: 32 };
const MINILM = { rows: 8, tokens: 128, classes: 2 };
const EFFICIENTNET = { rows: 16, size: 224, classes: 10 };

export const MODELS = {
  mlp: {
    what: `MLP ${MLP.widths.join('-')}, B ${MLP.rows}`,
    architecture: (dropout) => mlp(MLP.widths, dropout),
    batch(seed) {
      const next = uniform(seed);
      const { rows, widths } = MLP;
      return { inputs: { x: float32([rows, widths[0]!], next) }, targets: labelsOf(next, rows, widths.at(-1)!) };
    },
    objective: labelObjective,
  },
  minilm: {
    what: `MiniLM-L6, B ${MINILM.rows}, T ${MINILM.tokens}`,
    architecture: (dropout) =>
      MODEL_ENGINES.bert.architecture({
        ...shipped('minilm-l6'),
        num_labels: MINILM.classes,
        hidden_dropout_prob: dropout,
        attention_probs_dropout_prob: dropout,
      }),
    /** Texts of different lengths, the rest of each row padding. */
    batch(seed) {
      const next = uniform(seed);
      const { rows, tokens, classes } = MINILM;
      const shape = [rows, tokens];
      return {
        inputs: {
          ids: int32(shape, below(next, Number(shipped('minilm-l6').vocab_size))),
          mask: int32(shape, (i) => Number(i % tokens < tokens - Math.floor(i / tokens))),
          types: int32(shape, () => 0),
        },
        targets: labelsOf(next, rows, classes),
      };
    },
    objective: labelObjective,
  },
  'gpt-4l': {
    what: 'GPT of 4 layers, d 256, V 512, B 16, T 128',
    ...gpt({ layers: 4, width: 256, heads: 4, vocabulary: 512, positions: 128 }, 16, 128),
  },
  gpt2: {
    what: 'GPT-2 124M, B 4, T 128',
    ...gpt({ layers: 12, width: 768, heads: 12, vocabulary: 50257, positions: 1024 }, 4, 128),
  },
  efficientnet: {
    what: `EfficientNet-Lite0, ${EFFICIENTNET.size} px, B ${EFFICIENTNET.rows}, frozen batch normalisation`,
    architecture: (dropout) =>
      MODEL_ENGINES['efficientnet-lite'].architecture({
        ...shipped('efficientnet-lite0'),
        num_labels: EFFICIENTNET.classes,
        dropout_rate: dropout,
      }),
    batch(seed) {
      const next = uniform(seed);
      const { rows, size, classes } = EFFICIENTNET;
      return { inputs: { pixels: float32([rows, size, size, 3], next) }, targets: labelsOf(next, rows, classes) };
    },
    objective: labelObjective,
  },
} as const satisfies Record<string, CountedModel>;

export type ModelId = keyof typeof MODELS;
export const MODEL_IDS = Object.keys(MODELS) as ModelId[];
export const isModelId = (id: string): id is ModelId => Object.hasOwn(MODELS, id);
