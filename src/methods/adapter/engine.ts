import type { Architecture, LinearPart, Ops, Stage } from '../../nn/core.ts';
import { profile } from '../../nn/profile.ts';
import { isNewHead, type MethodEngine } from '../engine.ts';
import { modulesOf, wrapOps } from '../seams.ts';

/** What a branch of a transformer's block ends with; the sum with what it began with comes after. */
const ENDS: ReadonlySet<LinearPart> = new Set(['mixed', 'down']);

/**
 * A bottleneck with a way around it: x + up(relu(down(x))). It begins as the identity. x [..., D] -> [..., D]; on a
 * picture [B, H, W, C] it is two 1 x 1 convolutions.
 */
function bottleneck<T>(ops: Ops<T>, name: string, x: T, width: number): T {
  const h = ops.activation('relu', ops.linear(`${name}.adapter.down`, x, { out: width }));
  return ops.add(x, ops.linear(`${name}.adapter.up`, h, { out: ops.width(x), init: 'zeros' }));
}

/** Houlsby et al. 2019, figure 2: after attention's projection and after the feed-forward part, before each is added. */
const inBlocks = (architecture: Architecture, width: number): Architecture =>
  wrapOps(architecture, (ops) => ({
    ...ops,
    linear(name, x, o) {
      const y = ops.linear(name, x, o);
      return o.part && ENDS.has(o.part) ? bottleneck(ops, name, y, width) : y;
    },
  }));

/** Where there are no such blocks: after every stage but the head (Rebuffi et al. 2017, in series). */
const afterStages = (architecture: Architecture, width: number): Architecture => ({
  ...architecture,
  stages: architecture.stages.map((stage, i, { length }): Stage => {
    if (i === length - 1) return stage;
    return {
      ...stage,
      run(ops, values) {
        const made = Object.entries(stage.run(ops, values));
        return Object.fromEntries(made.map(([key, x]) => [key, bottleneck(ops, `${stage.name}.${key}`, x, width)]));
      },
    };
  }),
});

/** The module that a stage begins with: what it reads passes through it, and not around it. */
function firstModule(architecture: Architecture, stage: number): string {
  const [first] = profile(architecture).stages[stage]!.weights;
  return first!.slice(0, first!.lastIndexOf('.'));
}

const isInBlocks = (architecture: Architecture): boolean =>
  modulesOf(architecture).some((one) => one.kind === 'linear' && one.part && ENDS.has(one.part));

/** Small layers between the frozen ones (Houlsby et al. 2019); the head trains with them where it is new. */
export const engine: MethodEngine = {
  method(options, architecture) {
    const width = Number(options.width);
    const blocks = isInBlocks(architecture);
    return {
      apply: (base) => (blocks ? inBlocks(base, width) : afterStages(base, width)),
      trainable: (weight, all) => /\.adapter\.(down|up)\./.test(weight.name) || isNewHead(weight, all),
    };
  },
  places(architecture) {
    if (isInBlocks(architecture)) return {};
    const { stages } = architecture;
    const behind = stages
      .slice(0, -1)
      .flatMap(({ name, writes }, i) => writes.map((key) => [`${name}.${key}`, firstModule(architecture, i + 1)]));
    return Object.fromEntries(behind);
  },
};
