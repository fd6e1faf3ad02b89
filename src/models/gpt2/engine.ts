import { type Activation, type Architecture, type LinearPart, type Ops, type Stage, stage } from '../../nn/core.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { reader } from '../config.ts';
import type { ModelConfig, ModelEngine } from '../engine.ts';
import { checkpoint } from './checkpoint.ts';

interface Config {
  vocabulary: number;
  /** Longest sequence in tokens. */
  positions: number;
  width: number;
  layers: number;
  heads: number;
  /** Width inside a block's feed-forward part. */
  inner: number;
  eps: number;
  activation: Activation;
  dropout: { embedding: number; attention: number; residual: number };
  /** Whether the head is the transposed table of tokens. */
  tied: boolean;
}

const TABLE = 'transformer.wte.weight';

/** Reads Hugging Face's fields of `GPT2Config`. Throws `model-config`. */
function parse(config: ModelConfig): Config {
  const read = reader(config);
  read.only('scale_attn_weights', true);
  read.only('scale_attn_by_inverse_layer_idx', false);
  read.only('add_cross_attention', false);
  const [width, heads] = [read.integer('n_embd'), read.integer('n_head')];
  if (width % heads !== 0)
    throw new ProblemError('model-config', {
      field: 'n_head',
      value: String(heads),
      expected: `a divisor of ${width}`,
    });
  return {
    vocabulary: read.integer('vocab_size'),
    positions: read.integer('n_positions'),
    width,
    layers: read.integer('n_layer'),
    heads,
    inner: read.number('n_inner', 4 * width),
    eps: read.number('layer_norm_epsilon', 1e-5),
    activation: read.choice('activation_function', ['gelu_new', 'gelu', 'relu', 'silu'], 'gelu_new'),
    dropout: {
      embedding: read.number('embd_pdrop', 0.1),
      attention: read.number('attn_pdrop', 0.1),
      residual: read.number('resid_pdrop', 0.1),
    },
    tied: (config.tie_word_embeddings ?? true) === true,
  };
}

/** A pre-norm transformer block (Radford et al. 2019). x [B, T, D] -> [B, T, D]. */
function block<T>(ops: Ops<T>, c: Config, name: string, x: T): T {
  const linear = (suffix: string, part: LinearPart, input: T, out: number): T =>
    ops.linear(`${name}.${suffix}`, input, { out, part, stored: 'same' }); // Conv1D keeps [in, out]
  const qkv = linear('attn.c_attn', 'qkv', ops.layerNorm(`${name}.ln_1`, x, c), 3 * c.width); // [B, T, 3 D]
  const part = (i: number): T => ops.slice(qkv, 2, i * c.width, (i + 1) * c.width);
  const { attention, residual } = c.dropout;
  const heads = ops.attention(`${name}.attn`, part(0), part(1), part(2), {
    heads: c.heads,
    causal: true,
    dropout: attention,
  });
  const mixed = ops.dropout(`${name}.attn.resid_dropout`, linear('attn.c_proj', 'mixed', heads, c.width), residual);
  const h = ops.residual(`${name}.attn`, x, mixed);
  const inner = ops.activation(c.activation, linear('mlp.c_fc', 'up', ops.layerNorm(`${name}.ln_2`, h, c), c.inner));
  const out = ops.dropout(`${name}.mlp.dropout`, linear('mlp.c_proj', 'down', inner, c.width), residual);
  return ops.residual(`${name}.mlp`, h, out);
}

/**
 * GPT-2 (Radford et al. 2019) in the names of `transformers`. It takes no mask: a text is padded on its right, where a
 * token sees only what is before it, so padding changes no answer but its own.
 */
function gpt2(c: Config): Architecture {
  const blocks = Array.from(
    { length: c.layers },
    (_, i): Stage =>
      stage({
        name: `h.${i}`,
        reads: ['x'],
        writes: ['x'],
        run: (ops, v) => ({ x: block(ops, c, `transformer.h.${i}`, v.x) }),
      }),
  );
  return {
    inputs: { ids: { shape: ['B', 'T'], dtype: 'int32' } },
    output: 'logits',
    perToken: true,
    vocab: c.vocabulary,
    stages: [
      stage({
        name: 'embeddings',
        reads: ['ids'],
        writes: ['x'],
        run(ops, v) {
          const words = ops.embed('transformer.wte', v.ids, { count: c.vocabulary, width: c.width, tokens: true });
          const at = ops.positions(v.ids); // [T]
          const places = ops.embed('transformer.wpe', at, { count: c.positions, width: c.width }); // [T, D]
          return { x: ops.dropout('transformer.drop', ops.add(words, places), c.dropout.embedding) };
        },
      }),
      ...blocks,
      stage({
        name: 'lm_head',
        reads: ['x'],
        writes: ['logits'],
        run(ops, v) {
          const x = ops.layerNorm('transformer.ln_f', v.x, c);
          const tied = c.tied ? { tied: TABLE } : {};
          return { logits: ops.linear('lm_head', x, { out: c.vocabulary, bias: false, ...tied }) }; // [B, T, V]
        },
      }),
    ],
  };
}

export const engine: ModelEngine = {
  architecture: (config) => gpt2(parse(config)),
  context: (config) => parse(config).positions,
  deviation(config) {
    const range = reader(config).number('initializer_range', 0.02);
    const { layers } = parse(config);
    // what is added to the residual stream, twice a layer, less (Radford et al. 2019, section 2.3)
    return (name, { init }) =>
      init !== 'normal' ? undefined : name.endsWith('c_proj.weight') ? range / Math.sqrt(2 * layers) : range;
  },
  checkpoint,
};
