import type { Architecture, Ops, Stage, Values } from '../../nn/core.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { promptTerms } from '../peft.ts';
import { needTexts, wrapOps } from '../seams.ts';

/** As `peft` writes it. */
const NAME = 'prompt_embeddings';
/** What an input of tokens holds where the prompt stands. */
const PLACES: Readonly<Record<string, number>> = { ids: 0, mask: 1, types: 0 };

/** Places for the prompt in front of a text. x int32 [B, T] -> [B, P + T]. */
function prepended<T>(ops: Ops<T>, x: T, value: number, count: number): T {
  const row = ops.constant({ data: new Int32Array(count).fill(value), shape: [1, count] }, 'int32');
  return ops.concat([ops.expand(row, x), x], 1);
}

/** Begins with a longer text; what later stages read of its inputs is as long. Once, where a text is read bit by bit. */
function longer(first: Stage, inputs: readonly string[], count: number): Stage {
  const added = inputs.filter((name) => name in PLACES);
  return {
    ...first,
    reads: [...new Set([...first.reads, ...added])],
    writes: [...new Set([...first.writes, ...added.filter((name) => name !== 'ids')])],
    run<T>(ops: Ops<T>, values: Values<T>) {
      if (ops.continues) return first.run(ops, values);
      const grown = added.map((name) => [name, prepended(ops, values[name]!, PLACES[name]!, count)] as const);
      const given: Values<T> = { ...values, ...Object.fromEntries(grown) };
      const { ids: _, ...others } = given;
      const kept = Object.fromEntries(added.filter((name) => name !== 'ids').map((name) => [name, others[name]!]));
      return { ...kept, ...first.run(ops, given) };
    },
  };
}

/** The prompt's own places say nothing of the next token: [B, P + T, D] -> [B, T, D] before the head. */
const trimmed = (last: Stage, count: number): Stage => ({
  ...last,
  run(ops, values) {
    const out = last.run(ops, values);
    if (ops.continues) return out;
    return Object.fromEntries(Object.entries(out).map(([name, x]) => [name, ops.slice(x, 1, count)]));
  },
});

/** What a token is looked up as stands in the places of the prompt. */
const embedded = (architecture: Architecture, count: number): Architecture =>
  wrapOps(architecture, (ops) => ({
    ...ops,
    embed(name, ids, o) {
      const x = ops.embed(name, ids, o); // [B, P + T, D]
      if (!o.tokens || ops.continues) return x;
      const prompt = ops.weight(NAME, { shape: [count, o.width], role: 'table', init: 'normal' });
      const own = ops.slice(x, 1, count);
      return ops.concat([ops.expand(ops.reshape(prompt, [1, count, o.width]), own), own], 1);
    },
  }));

function apply(architecture: Architecture, count: number): Architecture {
  const { stages, inputs, perToken } = embedded(architecture, count);
  const before = stages.length - 2;
  return {
    ...architecture,
    stages: stages.map((stage, i) => {
      const whole = i === 0 ? longer(stage, Object.keys(inputs), count) : stage;
      return perToken && i === before ? trimmed(whole, count) : whole;
    }),
  };
}

/**
 * Vectors that stand in front of every text as words would, learned while the model stays frozen (Lester et al. 2021).
 * Masks, positions and caches see an ordinary longer text.
 */
export const engine: MethodEngine = {
  method({ tokens }, architecture) {
    needTexts('soft-prompt', architecture);
    const count = Number(tokens);
    return {
      apply: (base) => apply(base, count),
      trainable: (weight, all) => weight.name === NAME || isNewHead(weight, all),
      room: count,
    };
  },
  peft({ tokens }, architecture) {
    const { prefix, fields } = promptTerms(architecture, tokens);
    return { prefix, fields: { peft_type: 'PROMPT_TUNING', ...fields }, tensors: (own) => own };
  },
};
