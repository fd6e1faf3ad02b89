import type { Architecture, Ops, WeightArrays } from '../../nn/core.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { ON_LAYERS } from '../peft.ts';
import { changedConv, isStoredAsUsed, kindsOf, type Module, targetsOf, wrapOps } from '../seams.ts';

/** Keys, values and what is between the two layers of the feed-forward part, as in the paper; else every layer before the head. */
const modules = (architecture: Architecture): readonly string[] =>
  kindsOf(architecture, ['key', 'value', 'qkv', 'down']);

/** The feed-forward part's second layer has its input scaled, all others their output. */
const scalesInput = ({ part }: Module): boolean => part === 'down';

/** The vector in the shape that `peft` keeps it in. */
function shapeOf(target: Module): readonly number[] {
  if (target.kind === 'conv') return [1, target.out, 1, 1];
  return scalesInput(target) ? [1, target.inputs] : [target.out, 1];
}

/** x * l, l one factor for each of the last axis. */
function scaled<T>(ops: Ops<T>, target: Module, x: T): T {
  const factors = ops.weight(`${target.name}.ia3_l`, { shape: shapeOf(target), role: 'scale', init: 'ones' });
  return ops.mul(x, ops.reshape(factors, [-1]));
}

/** Rows of the matrix times the factors where the input is scaled, else its columns and its bias. */
function merged(weights: WeightArrays, targets: Iterable<Module>): WeightArrays {
  const base = new Map([...weights].filter(([name]) => !name.endsWith('.ia3_l')));
  for (const target of targets) {
    const factors = weights.get(`${target.name}.ia3_l`)!;
    const matrix = weights.get(`${target.name}.weight`)!;
    const bias = weights.get(`${target.name}.bias`);
    const rows = scalesInput(target);
    base.set(
      `${target.name}.weight`,
      matrix.map((value, i) => value * factors[rows ? Math.floor(i / target.out) : i % target.out]!),
    );
    if (bias && !rows)
      base.set(
        `${target.name}.bias`,
        bias.map((value, i) => value * factors[i]!),
      );
  }
  return base;
}

/** (IA)³: activations times learned vectors (Liu et al. 2022, section 3.3); the head trains with them where it is new. */
export const engine: MethodEngine = {
  modules,
  method(options, architecture) {
    const targets = targetsOf(architecture, options.modules, modules(architecture));
    return {
      apply: (base) =>
        wrapOps(base, (ops) => ({
          ...ops,
          linear(name, x, l) {
            const target = targets.get(name);
            if (!target) return ops.linear(name, x, l);
            if (scalesInput(target)) return ops.linear(name, scaled(ops, target, x), l);
            return scaled(ops, target, ops.linear(name, x, l));
          },
          conv(name, x, c) {
            const target = targets.get(name);
            return target ? changedConv(ops, name, x, c, (y) => scaled(ops, target, y)) : ops.conv(name, x, c);
          },
        })),
      trainable: (weight, all) => weight.name.endsWith('.ia3_l') || isNewHead(weight, all),
      merge: (weights) => merged(weights, targets.values()),
    };
  },
  peft({ modules: chosen }, architecture) {
    const targets = [...targetsOf(architecture, chosen, modules(architecture)).values()];
    return {
      ...ON_LAYERS,
      fields: {
        peft_type: 'IA3',
        target_modules: targets.map(({ name }) => name),
        feedforward_modules: targets.filter(scalesInput).map(({ name }) => name),
        fan_in_fan_out: targets.every(isStoredAsUsed),
      },
    };
  },
};
