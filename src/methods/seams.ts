import type { Architecture, ConvLayerOptions, LinearOptions, Ops, Stage } from '../nn/core.ts';
import { profile } from '../nn/profile.ts';

/** The architecture with other operations: what a method wraps, every interpreter then sees. */
export const wrapOps = (architecture: Architecture, wrap: <T>(ops: Ops<T>) => Ops<T>): Architecture => ({
  ...architecture,
  stages: architecture.stages.map((stage): Stage => ({ ...stage, run: (ops, values) => stage.run(wrap(ops), values) })),
});

/** A layer that methods can be put on. `inputs` is the width of what it reads. */
export type Module = { name: string; stage: string; inputs: number } & (
  | ({ kind: 'linear' } & LinearOptions)
  | ({ kind: 'conv' } & ConvLayerOptions)
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
