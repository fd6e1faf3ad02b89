import { type Architecture, type LinearPart, type Ops, type Stage, stage } from '../../nn/core.ts';
import { reader } from '../config.ts';
import type { ModelEngine } from '../engine.ts';
import { checkpoint } from './checkpoint.ts';
import { type Config, parse } from './config.ts';
import { NAMES } from './names.ts';

/** The sum of a token's, its position's and, in BERT, its segment's embedding. ids, types [B, T] -> [B, T, D]. */
function embeddings<T>(ops: Ops<T>, c: Config, ids: T, types: T | undefined): T {
  const name = `${NAMES[c.family].prefix}.embeddings`;
  const { width } = c;
  const words = ops.embed(`${name}.word_embeddings`, ids, { count: c.vocabulary, width, tokens: true });
  const places = ops.embed(`${name}.position_embeddings`, ops.positions(ids), { count: c.positions, width }); // [T, D]
  let x = ops.add(words, places);
  if (types !== undefined) x = ops.add(x, ops.embed(`${name}.token_type_embeddings`, types, { count: c.types, width }));
  return ops.dropout(`${name}.dropout`, ops.layerNorm(`${name}.LayerNorm`, x, c), c.dropout.hidden);
}

/** A post-norm transformer layer (Vaswani et al. 2017). x [B, T, D], mask [B, T] -> [B, T, D]. */
function layer<T>(ops: Ops<T>, c: Config, name: string, x: T, mask: T): T {
  const n = NAMES[c.family];
  const linear = (part: LinearPart & keyof typeof n, input: T, out: number): T =>
    ops.linear(`${name}.${n[part]}`, input, { out, part });
  const [q, k, v] = [linear('query', x, c.width), linear('key', x, c.width), linear('value', x, c.width)];
  const { hidden, attention } = c.dropout;
  const heads = ops.attention(`${name}.${n.attention}`, q, k, v, { heads: c.heads, mask, dropout: attention });
  let mixed = linear('mixed', heads, c.width);
  if (n.mixedDropout) mixed = ops.dropout(`${name}.${n.mixedDropout}`, mixed, hidden);
  const h = ops.layerNorm(`${name}.${n.mixedNorm}`, ops.residual(`${name}.${n.mixedNorm}`, x, mixed), c);
  const inner = ops.activation(c.activation, linear('up', h, c.inner)); // [B, T, inner]
  const out = ops.dropout(`${name}.${n.downDropout}`, linear('down', inner, c.width), hidden);
  return ops.layerNorm(`${name}.${n.norm}`, ops.residual(`${name}.${n.norm}`, h, out), c);
}

/** The first token's values. [B, T, D] -> [B, D]. */
const firstToken = <T>(ops: Ops<T>, x: T): T => ops.reshape(ops.slice(x, 1, 0, 1), [0, -1]);

/**
 * Tokens to one row of features a text: a frozen encoder leaves no more than that. The mean is over a text's own tokens,
 * padding left out (Reimers and Gurevych 2019).
 */
const pooler = (c: Config): Stage =>
  c.pooling === 'mean'
    ? stage({
        name: 'pooler',
        reads: ['x', 'mask'],
        writes: ['features'],
        run: (ops, v) => ({ features: ops.maskedMean(v.x, v.mask) }),
      })
    : stage({
        name: 'pooler',
        reads: ['x'],
        writes: ['features'],
        run: (ops, v) => ({ features: firstToken(ops, v.x) }),
      });

/** The layer before the classifier that the family's own head has on the first token. [B, D] -> [B, D]. */
const deepened = <T>(ops: Ops<T>, c: Config, x: T): T =>
  c.family === 'distilbert'
    ? ops.activation('relu', ops.linear('pre_classifier', x, { out: c.width }))
    : ops.activation('tanh', ops.linear('bert.pooler.dense', x, { out: c.width }));

/** The head, with the layer that pretraining does not know or that a checkpoint may lack: it belongs to what the head trains. */
const classifier = (c: Config): Stage =>
  stage({
    name: 'classifier',
    reads: ['features'],
    writes: ['logits'],
    run(ops, v) {
      const features = c.pooling === 'cls' ? deepened(ops, c, v.features) : v.features;
      return {
        logits: ops.linear('classifier', ops.dropout('dropout', features, c.dropout.classifier), { out: c.labels }),
      };
    },
  });

/**
 * BERT (Devlin et al. 2019) and DistilBERT (Sanh et al. 2019) that classify texts, in the names of `transformers`. With
 * `classifier_pooling` 'cls' the head is that of `AutoModelForSequenceClassification`; with 'mean' it reads the mean of
 * the last hidden states, as sentence-transformers makes it.
 */
function bert(c: Config): Architecture {
  const { prefix, layer: nameOf } = NAMES[c.family];
  const tokens = { shape: ['B', 'T'], dtype: 'int32' } as const;
  const embed: Stage =
    c.types > 0
      ? stage({
          name: 'embeddings',
          reads: ['ids', 'types'],
          writes: ['x'],
          run: (ops, v) => ({ x: embeddings(ops, c, v.ids, v.types) }),
        })
      : stage({
          name: 'embeddings',
          reads: ['ids'],
          writes: ['x'],
          run: (ops, v) => ({ x: embeddings(ops, c, v.ids, undefined) }),
        });
  const layers = Array.from({ length: c.layers }, (_, i) =>
    stage({
      name: nameOf(i),
      reads: ['x', 'mask'],
      writes: ['x'],
      run: (ops, v) => ({ x: layer(ops, c, `${prefix}.${nameOf(i)}`, v.x, v.mask) }),
    }),
  );
  return {
    inputs: { ids: tokens, mask: tokens, ...(c.types > 0 ? { types: tokens } : {}) },
    output: 'logits',
    vocab: c.vocabulary,
    stages: [embed, ...layers, pooler(c), classifier(c)],
  };
}

export const engine: ModelEngine = {
  architecture: (config) => bert(parse(config)),
  context: (config) => parse(config).positions,
  /** Devlin et al. 2019, appendix A.2, as `transformers` has it. */
  deviation(config) {
    const range = reader(config).number('initializer_range', 0.02);
    return (_, { init }) => (init === 'normal' ? range : undefined);
  },
  checkpoint,
};
