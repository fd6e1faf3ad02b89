import type { Activation } from '../../nn/core.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { reader } from '../config.ts';
import type { ModelConfig } from '../engine.ts';

export type Pooling = 'mean' | 'cls';

/** What BERT and DistilBERT have in common, whatever their configurations call it. */
export interface Config {
  family: 'bert' | 'distilbert';
  vocabulary: number;
  width: number;
  layers: number;
  heads: number;
  /** Width inside a layer's feed-forward part. */
  inner: number;
  /** Longest text in tokens. */
  positions: number;
  /** Kinds of segments; 0 where the model has none. */
  types: number;
  eps: number;
  activation: Activation;
  dropout: { hidden: number; attention: number; classifier: number };
  labels: number;
  pooling: Pooling;
}

const ACTIVATIONS = ['gelu', 'gelu_new', 'relu', 'silu'] as const satisfies readonly Activation[];
const POOLINGS = ['mean', 'cls'] as const satisfies readonly Pooling[];

function bert(config: ModelConfig): Config {
  const read = reader(config);
  read.only('position_embedding_type', 'absolute');
  read.only('is_decoder', false);
  const hidden = read.number('hidden_dropout_prob', 0.1);
  return {
    family: 'bert',
    vocabulary: read.integer('vocab_size'),
    width: read.integer('hidden_size'),
    layers: read.integer('num_hidden_layers'),
    heads: read.integer('num_attention_heads'),
    inner: read.integer('intermediate_size'),
    positions: read.integer('max_position_embeddings'),
    types: read.integer('type_vocab_size'),
    eps: read.number('layer_norm_eps', 1e-12),
    activation: read.choice('hidden_act', ACTIVATIONS, 'gelu'),
    dropout: {
      hidden,
      attention: read.number('attention_probs_dropout_prob', 0.1),
      classifier: read.number('classifier_dropout', hidden),
    },
    labels: read.integer('num_labels'),
    pooling: read.choice('classifier_pooling', POOLINGS, 'mean'),
  };
}

function distilBert(config: ModelConfig): Config {
  const read = reader(config);
  return {
    family: 'distilbert',
    vocabulary: read.integer('vocab_size'),
    width: read.integer('dim'),
    layers: read.integer('n_layers'),
    heads: read.integer('n_heads'),
    inner: read.integer('hidden_dim'),
    positions: read.integer('max_position_embeddings'),
    types: 0,
    eps: 1e-12,
    activation: read.choice('activation', ACTIVATIONS, 'gelu'),
    dropout: {
      hidden: read.number('dropout', 0.1),
      attention: read.number('attention_dropout', 0.1),
      classifier: read.number('seq_classif_dropout', 0.2),
    },
    labels: read.integer('num_labels'),
    pooling: read.choice('classifier_pooling', POOLINGS, 'mean'),
  };
}

/** Reads Hugging Face's fields of `BertConfig` or, where `model_type` says so, `DistilBertConfig`. Throws `model-config`. */
export function parse(config: ModelConfig): Config {
  const family = reader(config).choice('model_type', ['bert', 'distilbert'], 'bert');
  const parsed = family === 'distilbert' ? distilBert(config) : bert(config);
  if (parsed.width % parsed.heads === 0) return parsed;
  const field = family === 'distilbert' ? 'n_heads' : 'num_attention_heads';
  throw new ProblemError('model-config', {
    field,
    value: String(parsed.heads),
    expected: `a divisor of ${parsed.width}`,
  });
}
