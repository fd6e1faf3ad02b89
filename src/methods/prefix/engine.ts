import type { Architecture } from '../../nn/core.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { needTexts, wrapOps } from '../seams.ts';

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
};
