import { normal, seedOf, uniform } from '../lib/random.ts';
import { engine as bert } from '../models/bert/engine.ts';
import { engine as digitsCnn } from '../models/digits-cnn/engine.ts';
import { engine as efficientnet } from '../models/efficientnet-lite/engine.ts';
import type { ModelConfig, ModelEngine } from '../models/engine.ts';
import { engine as gpt2 } from '../models/gpt2/engine.ts';
import type { Batch } from '../nn/batch.ts';
import type { Architecture, WeightSpec } from '../nn/core.ts';
import { classificationTargets } from '../nn/losses.ts';
import { profile, sizeOf } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { BenchModel, BenchScale } from '../protocol/bench.ts';
import { BLOCKS, SIZES } from '../protocol/bench-sizes.ts';
import { mlp } from './mlp.ts';

/** What one step learns from; labels one a text, picture or row, or one a token. */
export interface BenchBatch {
  inputs: Batch;
  /** As our own objective takes them. */
  targets: Batch;
  /** [B], or [B, T] for what writes. */
  labels: Int32Array;
  count: number;
}

type Config = Readonly<Record<string, unknown>>;

/** A model with weights and batches that are functions of the seed: whoever makes it anew has the same. */
export interface BenchCase {
  model: BenchModel;
  scale: BenchScale;
  /** Fields of a `config.json`. */
  config: Config;
  architecture: Architecture;
  values: WeightValues;
  /** Taken in turns. */
  batches: readonly BenchBatch[];
  learningRate: number;
  /** Floating point operations of a step, forward and backward; a multiply-add counts as two. */
  flops: number;
}

const SEED = 7;
const BATCHES = 4;
/** Of the cases: small enough that 20 steps do not diverge, large enough that the losses move. */
const LEARNING_RATE: Readonly<Record<BenchModel, number>> = {
  mlp: 1e-3,
  'digits-cnn': 1e-3,
  minilm: 1e-4,
  'gpt-4l': 3e-4,
  gpt2: 1e-4,
  efficientnet: 3e-6,
};

const NO_DROPOUT = { embd_pdrop: 0, attn_pdrop: 0, resid_pdrop: 0 };

/** `config.json` and architecture. */
function network(model: BenchModel, scale: BenchScale): { config: Config; architecture: Architecture } {
  const s = SIZES[model][scale];
  const of = (config: ModelConfig, engine: ModelEngine) => ({ config, architecture: engine.architecture(config) });
  switch (model) {
    case 'mlp': {
      const widths = [32, 64, 64, 2];
      return { config: { widths, num_labels: 2 }, architecture: mlp(widths) };
    }
    case 'digits-cnn':
      return of(
        {
          architecture: 'digits-cnn',
          image_size: s.size!,
          channels: 1,
          num_labels: 10,
          widths: [16, 32, 64, 64],
          hidden: 48,
        },
        digitsCnn,
      );
    case 'gpt-4l':
    case 'gpt2':
      return of(
        {
          ...NO_DROPOUT,
          architecture: 'gpt2',
          num_labels: 0,
          vocab_size: s.vocabulary!,
          n_positions: s.positions!,
          n_embd: s.width!,
          n_layer: s.layers!,
          n_head: s.heads!,
        },
        gpt2,
      );
    case 'minilm':
      return of(
        {
          architecture: 'bert',
          model_type: 'bert',
          hidden_act: 'gelu',
          hidden_dropout_prob: 0,
          attention_probs_dropout_prob: 0,
          classifier_pooling: 'mean',
          layer_norm_eps: 1e-12,
          num_labels: 2,
          type_vocab_size: 2,
          vocab_size: s.vocabulary!,
          max_position_embeddings: s.positions!,
          hidden_size: s.width!,
          intermediate_size: 4 * s.width!,
          num_hidden_layers: s.layers!,
          num_attention_heads: s.heads!,
        },
        bert,
      );
    case 'efficientnet':
      return of(
        {
          architecture: 'efficientnet-lite',
          image_size: s.size!,
          channels: 3,
          num_labels: 10,
          batch_norm_eps: 1e-3,
          batch_norm_momentum: 0.99,
          dropout_rate: 0,
          blocks: BLOCKS.slice(0, s.blocks),
          stem: 32,
          head: 1280,
        },
        efficientnet,
      );
    default:
      return model satisfies never;
  }
}

const floats = (count: number, seed: number): Float32Array => {
  const next = normal(seed);
  return Float32Array.from({ length: count }, () => next());
};
const integers = (count: number, below: number, seed: number): Int32Array => {
  const next = uniform(seed);
  return Int32Array.from({ length: count }, () => Math.floor(below * next()));
};

/** Random inputs with random labels: a network can only learn them by heart. */
function batchOf(architecture: Architecture, classes: number, batch: number, tokens: number, seed: number): BenchBatch {
  const inputs: Record<string, Batch[string]> = {};
  for (const [name, { shape, dtype }] of Object.entries(architecture.inputs)) {
    const whole = shape.map((dim) => (dim === 'B' ? batch : dim === 'T' ? tokens : Number(dim)));
    const count = sizeOf(whole);
    const drawn = seedOf(seed, 0, name);
    const below = name === 'ids' ? architecture.vocab! : 1;
    const data = dtype === 'float32' ? floats(count, drawn) : integers(count, below, drawn);
    inputs[name] = { data: name === 'mask' ? (data as Int32Array).fill(1) : data, shape: whole, dtype };
  }
  if (!architecture.perToken) {
    const labels = integers(batch, classes, seedOf(seed, 0, 'labels'));
    return { inputs, labels, ...classified(labels, classes), count: batch };
  }
  const count = batch * tokens;
  const labels = integers(count, architecture.vocab!, seedOf(seed, 0, 'labels'));
  return {
    inputs,
    labels,
    targets: {
      next: { data: labels, shape: [batch, tokens], dtype: 'int32' },
      weights: { data: new Float32Array(count).fill(1), shape: [batch, tokens], dtype: 'float32' },
      total: { data: Float32Array.of(count), shape: [], dtype: 'float32' },
    },
    count,
  };
}

/** As `nn/classification.ts` has them, which brings a backend along that a peer must not meet. */
function classified(labels: Int32Array, classes: number): Pick<BenchBatch, 'targets'> {
  const { targets, total } = classificationTargets(labels, classes, { smoothing: 0 });
  return {
    targets: {
      targets: { data: targets, shape: [labels.length, classes], dtype: 'float32' },
      total: { data: Float32Array.of(total), shape: [], dtype: 'float32' },
      labels: { data: labels, shape: [labels.length], dtype: 'int32' },
    },
  };
}

/** Values that one output is made of (He et al. 2015). */
const fanIn = ({ shape, stored }: WeightSpec): number =>
  sizeOf(stored === 'oihw-depthwise' ? shape.slice(0, 2) : shape.slice(0, -1));

/** As `nn/weights.ts` draws them, which brings a backend along too. */
function firstValues(name: string, spec: WeightSpec, deviation = Math.sqrt(2 / fanIn(spec))): Float32Array {
  const count = sizeOf(spec.shape);
  if (spec.init === 'ones') return new Float32Array(count).fill(1);
  if (spec.init === 'zeros') return new Float32Array(count);
  return floats(count, seedOf(SEED, 0, name)).map((value) => deviation * value);
}

/** Everything but running statistics: they are frozen. */
export const trainableOf = (architecture: Architecture): Set<string> =>
  new Set([...profile(architecture).weights].filter(([, { role }]) => role !== 'stat').map(([name]) => name));

export function makeCase(model: BenchModel, scale: BenchScale): BenchCase {
  const { config, architecture } = network(model, scale);
  const { batch, tokens = 0 } = SIZES[model][scale];
  const { weights, stages } = profile(architecture, { B: 1, T: tokens || 1 }, trainableOf(architecture));
  const classes = config.num_labels as number;
  return {
    model,
    scale,
    config,
    architecture,
    values: new Map([...weights].map(([name, spec]) => [name, firstValues(name, spec, deviation(model))])),
    batches: Array.from({ length: BATCHES }, (_, i) => batchOf(architecture, classes, batch, tokens, SEED + i)),
    learningRate: LEARNING_RATE[model],
    flops: batch * stages.reduce((sum, { flops, backwardFlops }) => sum + flops + backwardFlops, 0),
  };
}

/** Transformers begin small (Radford et al. 2019, Devlin et al. 2019); the others by fan in, as `initial` has it. */
const deviation = (model: BenchModel): number | undefined =>
  model === 'gpt-4l' || model === 'gpt2' || model === 'minilm' ? 0.02 : undefined;
