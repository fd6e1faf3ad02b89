import type { Architecture, ConvLayerOptions, LinearOptions, LinearPart, Ops, Stage } from '../nn/core.ts';
import { profile } from '../nn/profile.ts';
import type { OptionValue } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';

/** The architecture with other operations: what a method wraps, every interpreter then sees. */
export const wrapOps = (architecture: Architecture, wrap: <T>(ops: Ops<T>) => Ops<T>): Architecture => ({
  ...architecture,
  stages: architecture.stages.map((stage): Stage => ({ ...stage, run: (ops, values) => stage.run(wrap(ops), values) })),
});

/** A layer that methods can be put on. `inputs` is the width of what it reads. */
export type Module = { name: string; stage: string; inputs: number } & (
  | ({ kind: 'linear' } & LinearOptions)
  | ({ kind: 'conv'; part?: undefined } & ConvLayerOptions)
);

/** Every linear layer and convolution, in the order in which they run. */
export function modulesOf(architecture: Architecture): Module[] {
  const found: Module[] = [];
  const recorded = (stage: Stage): Stage => ({
    ...stage,
    run: (ops, values) =>
      stage.run(
        {
          ...ops,
          linear(name, x, o) {
            found.push({ kind: 'linear', name, stage: stage.name, inputs: ops.width(x), ...o });
            return ops.linear(name, x, o);
          },
          conv(name, x, o) {
            found.push({ kind: 'conv', name, stage: stage.name, inputs: ops.width(x), ...o });
            return ops.conv(name, x, o);
          },
        },
        values,
      ),
  });
  profile({ ...architecture, stages: architecture.stages.map(recorded) });
  return found;
}

/** Those with a matrix of their own in front of the head: no depthwise convolution, no table that is read twice. */
export const placesOf = (architecture: Architecture): Module[] => {
  const head = architecture.stages.at(-1)!.name;
  return modulesOf(architecture).filter(
    (module) => module.stage !== head && (module.kind === 'conv' ? !module.depthwise : module.tied === undefined),
  );
};

/** A matrix that its file holds as [in, out], as GPT-2's does. */
export const isStoredAsUsed = (module: Module): boolean => module.kind === 'linear' && module.stored === 'same';

/** What a layer and its likes in other blocks are called: the part of the name after the block's number. */
export function kindOf({ name }: Module): string {
  const parts = name.split('.');
  return parts.slice(parts.findLastIndex((part) => /^\d+$/.test(part)) + 1).join('.');
}

/** Values of its matrix and its bias. */
export function sizeOfModule(module: Module): number {
  const window = module.kind === 'conv' ? module.kernel ** 2 : 1;
  const bias = module.kind === 'conv' ? module.bias === true : module.bias !== false;
  return window * module.inputs * module.out + (bias ? module.out : 0);
}

/** The kinds of the layers that are one of these parts of a transformer; of all that there are where none is. */
export function kindsOf(architecture: Architecture, parts: readonly LinearPart[]): string[] {
  const places = placesOf(architecture);
  const fitting = places.filter(({ part }) => part && parts.includes(part));
  return [...new Set((fitting.length > 0 ? fitting : places).map(kindOf))];
}

/** The layers of the chosen kinds, by name; of those that a method begins with where none is chosen. Throws `modules-none`. */
export function targetsOf(
  architecture: Architecture,
  chosen: OptionValue | undefined,
  begin: readonly string[],
): ReadonlyMap<string, Module> {
  const listed = Array.isArray(chosen) ? (chosen as readonly string[]) : [];
  const kinds = listed.length > 0 ? listed : begin;
  const targets = placesOf(architecture).filter((place) => kinds.includes(kindOf(place)));
  if (targets.length === 0) throw new ProblemError('modules-none', { modules: kinds.join(', ') });
  return new Map(targets.map((target) => [target.name, target]));
}

/** Every self-attention, in the order in which they run. `width`: of its keys, all heads together. */
export function attentionsOf(architecture: Architecture): { name: string; heads: number; width: number }[] {
  const found: { name: string; heads: number; width: number }[] = [];
  profile(
    wrapOps(architecture, (ops) => ({
      ...ops,
      attention(name, q, k, v, o) {
        if (!o.cross) found.push({ name, heads: o.kvHeads ?? o.heads, width: ops.width(k) });
        return ops.attention(name, q, k, v, o);
      },
    })),
  );
  return found;
}

/** Throws `method-texts` where the model reads no tokens. */
export function needTexts(method: string, { inputs }: Architecture): void {
  if (!inputs.ids) throw new ProblemError('method-texts', { method });
}

/** A convolution whose output is changed before its normalisation, which is not folded into it then, and its activation. */
export function changedConv<T>(
  ops: Ops<T>,
  name: string,
  x: T,
  { norm, activation, ...o }: ConvLayerOptions,
  change: (y: T) => T,
): T {
  let y = change(ops.conv(name, x, o));
  if (norm) {
    const { name: normName, ...rest } = norm;
    y = ops.batchNorm(normName, y, rest);
  }
  return activation ? ops.activation(activation, y) : y;
}
