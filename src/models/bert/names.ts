import type { Config } from './config.ts';

/** Names of weights and dropouts in Hugging Face `transformers`; those of a layer follow the layer's own name. */
export interface Names {
  prefix: string;
  /** The stage of a layer; its weights are `<prefix>.<layer>.…`. */
  layer(index: number): string;
  query: string;
  key: string;
  value: string;
  attention: string;
  /** The projection after the heads, and the normalisation after it. */
  mixed: string;
  mixedDropout?: string;
  mixedNorm: string;
  /** The feed-forward part. */
  up: string;
  down: string;
  downDropout: string;
  norm: string;
}

export const NAMES: Readonly<Record<Config['family'], Names>> = {
  bert: {
    prefix: 'bert',
    layer: (index) => `encoder.layer.${index}`,
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    attention: 'attention.self',
    mixed: 'attention.output.dense',
    mixedDropout: 'attention.output.dropout',
    mixedNorm: 'attention.output.LayerNorm',
    up: 'intermediate.dense',
    down: 'output.dense',
    downDropout: 'output.dropout',
    norm: 'output.LayerNorm',
  },
  distilbert: {
    prefix: 'distilbert',
    layer: (index) => `transformer.layer.${index}`,
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    attention: 'attention',
    mixed: 'attention.out_lin',
    mixedNorm: 'sa_layer_norm',
    up: 'ffn.lin1',
    down: 'ffn.lin2',
    downDropout: 'ffn.dropout',
    norm: 'output_layer_norm',
  },
};
