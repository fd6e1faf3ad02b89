import type { Architecture, ConvLayerOptions, LinearOptions, Ops, WeightArrays } from '../../nn/core.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { ON_LAYERS } from '../peft.ts';
import { changedConv, isStoredAsUsed, kindsOf, type Module, targetsOf, wrapOps } from '../seams.ts';

/** Factors by the names that `peft` gives them. */
const FACTOR = /\.lora_[AB]\.weight$/;

interface LowRank {
  rank: number;
  /** alpha / rank: Hu et al. 2021, section 4.1. */
  scale: number;
  dropout: number;
}

/** Query and value projections, as in the paper; all three where they are one; else every layer before the head. */
const modules = (architecture: Architecture): readonly string[] => kindsOf(architecture, ['query', 'value', 'qkv']);

/** The smaller side of the layer's matrix; a convolution's has one row for each value of its window. */
const sideOf = (module: Module): number =>
  Math.min(module.out, module.inputs * (module.kind === 'conv' ? module.kernel ** 2 : 1));

/** B A x * alpha / rank, A [in, rank] and B [rank, out] in memory. x [..., in] -> [..., out] */
function linearBeside<T>(ops: Ops<T>, name: string, x: T, { out }: LinearOptions, o: LowRank): T {
  const dropped = ops.dropout(`${name}.lora_dropout`, x, o.dropout);
  const h = ops.linear(`${name}.lora_A`, dropped, { out: o.rank, bias: false, init: 'uniform' });
  return ops.mul(ops.linear(`${name}.lora_B`, h, { out, bias: false, init: 'zeros' }), o.scale);
}

/** The same of a convolution, as `peft` makes it: A has its window, B is 1 x 1. x [B, H, W, in] -> [B, H', W', out] */
function convBeside<T>(ops: Ops<T>, name: string, x: T, conv: ConvLayerOptions, o: LowRank): T {
  const { out, kernel, stride, pad, dilation = 1 } = conv;
  const dropped = ops.dropout(`${name}.lora_dropout`, x, o.dropout);
  const window = { kernel, stride, pad, dilation };
  const h = ops.conv(`${name}.lora_A`, dropped, { ...window, out: o.rank, init: 'uniform' });
  const y = ops.conv(`${name}.lora_B`, h, { kernel: 1, stride: 1, pad: 'same', out, init: 'zeros' });
  return ops.mul(y, o.scale);
}

/** W + A B * scale of every layer that has factors; a kernel [h, w, in, out] is a matrix [h w in, out]. */
function merged(weights: WeightArrays, targets: Iterable<string>, { rank, scale }: LowRank): WeightArrays {
  const base = new Map([...weights].filter(([name]) => !FACTOR.test(name)));
  for (const name of targets) {
    const [w, a, b] = ['weight', 'lora_A.weight', 'lora_B.weight'].map((part) => weights.get(`${name}.${part}`)!);
    const out = b!.length / rank;
    base.set(
      `${name}.weight`,
      w!.map((value, i) => {
        const [row, column] = [Math.floor(i / out), i % out];
        let sum = 0;
        for (let r = 0; r < rank; r++) sum += a![row * rank + r]! * b![r * out + column]!;
        return value + scale * sum;
      }),
    );
  }
  return base;
}

/** A product of two small matrices beside frozen ones (Hu et al. 2021); the head trains with them where it is new. */
export const engine: MethodEngine = {
  modules,
  method(options, architecture) {
    const rank = Number(options.rank);
    const o: LowRank = { rank, scale: Number(options.alpha) / rank, dropout: Number(options.loraDropout) };
    const targets = targetsOf(architecture, options.modules, modules(architecture));
    for (const target of targets.values())
      if (rank > sideOf(target))
        throw new ProblemError('rank-too-large', { rank, module: target.name, most: sideOf(target) });
    return {
      apply: (base) =>
        wrapOps(base, (ops) => ({
          ...ops,
          linear(name, x, l) {
            const y = ops.linear(name, x, l);
            return targets.has(name) ? ops.add(y, linearBeside(ops, name, x, l, o)) : y;
          },
          conv(name, x, c) {
            if (!targets.has(name)) return ops.conv(name, x, c);
            return changedConv(ops, name, x, c, (y) => ops.add(y, convBeside(ops, name, x, c, o)));
          },
        })),
      trainable: (weight, all) => FACTOR.test(weight.name) || isNewHead(weight, all),
      merge: (weights) => merged(weights, targets.keys(), o),
    };
  },
  peft({ rank, alpha, loraDropout, modules: chosen }, architecture) {
    const targets = [...targetsOf(architecture, chosen, modules(architecture)).values()];
    return {
      ...ON_LAYERS,
      fields: {
        peft_type: 'LORA',
        r: rank,
        lora_alpha: alpha,
        lora_dropout: loraDropout,
        bias: 'none',
        target_modules: targets.map(({ name }) => name),
        fan_in_fan_out: targets.every(isStoredAsUsed),
      },
    };
  },
};
