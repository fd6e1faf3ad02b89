import type { Architecture } from '../nn/core.ts';
import type { RunSettings } from '../protocol/run.ts';
import { attentionsOf } from './seams.ts';

/** Weights as a file holds them, by their own names. */
export type Stored = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/** A method in the terms of Python's `peft` (0.21): what an adapter folder of it holds. */
export interface PeftTerms {
  /** Of `adapter_config.json`, beside those that every method has. */
  fields: Readonly<Record<string, unknown>>;
  /** What stands before the names of the model's own weights. */
  prefix: string;
  /** The method's own weights by the names that peft gives them. */
  tensors(own: Stored): Stored;
}

/** Of methods that are put on layers: the names are those of the layers. */
export const ON_LAYERS = {
  prefix: 'base_model.model.',
  tensors: (own: Stored): Stored => new Map([...own].map(([name, value]) => [`base_model.model.${name}`, value])),
} as const;

/** Of methods that learn so many tokens in front of a text. */
export function promptTerms(architecture: Architecture, tokens: unknown): Omit<PeftTerms, 'tensors'> {
  const attentions = attentionsOf(architecture);
  const { heads, width } = attentions[0]!;
  return {
    prefix: 'base_model.',
    fields: {
      num_virtual_tokens: tokens,
      num_transformer_submodules: 1,
      num_layers: attentions.length,
      num_attention_heads: heads,
      token_dim: width,
    },
  };
}

export type MethodChoice = RunSettings['method'];
