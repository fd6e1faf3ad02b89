import type { Architecture } from '../../nn/core.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { promptTerms, type Stored } from '../peft.ts';
import { attentionsOf, needTexts, wrapOps } from '../seams.ts';

/** Keys and values [1, P, Hkv*d] in front of those of every self-attention; the text's positions begin after them, as in `peft`. */
const apply = (architecture: Architecture, count: number): Architecture =>
  wrapOps(architecture, (ops) => ({
    ...ops,
    positions: (x) => ops.binary('add', ops.positions(x), ops.constant(count, 'int32')),
    attention(name, q, k, v, o) {
      if (o.cross) return ops.attention(name, q, k, v, o);
      const width = ops.width(k);
      const own = (part: 'keys' | 'values') =>
        ops.reshape(ops.weight(`${name}.prefix.${part}`, { shape: [count, width], role: 'table', init: 'normal' }), [
          1,
          count,
          width,
        ]);
      return ops.attention(name, q, k, v, { ...o, prefix: { keys: own('keys'), values: own('values') } });
    },
  }));

/** One row a token, [P, layers * 2 * D]: keys and values layer by layer. */
function flattened(own: Stored, layers: readonly string[], count: number): Stored {
  const parts = layers.flatMap((name) => [own.get(`${name}.prefix.keys`)!, own.get(`${name}.prefix.values`)!]);
  const width = parts.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const data = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    const wide = part.shape[1]!;
    for (let row = 0; row < count; row++) data.set(part.data.subarray(row * wide, (row + 1) * wide), row * width + at);
    at += wide;
  }
  return new Map([['prompt_embeddings', { shape: [count, width], data }]]);
}

/** Learned keys and values that every layer attends to before the text (Li and Liang 2021, without their network). */
export const engine: MethodEngine = {
  method({ tokens }, architecture) {
    needTexts('prefix', architecture);
    const count = Number(tokens);
    return {
      apply: (base) => apply(base, count),
      trainable: (weight, all) => /\.prefix\.(keys|values)$/.test(weight.name) || isNewHead(weight, all),
      room: count,
    };
  },
  peft({ tokens }, architecture) {
    const { prefix, fields } = promptTerms(architecture, tokens);
    const layers = attentionsOf(architecture).map(({ name }) => name);
    return {
      prefix,
      fields: {
        peft_type: 'PREFIX_TUNING',
        prefix_projection: false,
        encoder_hidden_size: fields.token_dim,
        ...fields,
      },
      tensors: (own) => flattened(own, layers, Number(tokens)),
    };
  },
};
