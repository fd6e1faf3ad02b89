import type * as tf from '@tensorflow/tfjs-core';
import type { Architecture, Ops, Values } from '../core.ts';
import { type Abstract, abstractInputs } from '../shapes.ts';
import { execute, type KernelCall, type Plan, planned, type Told } from './execute.ts';
import { fused } from './fuse.ts';
import { trace } from './trace.ts';

/** The plans of an architecture: each span of its stages is written down once, with calls joined that one kernel does. */
export class Plans {
  private readonly architecture: Architecture;
  private readonly kernels: Readonly<Record<string, KernelCall>>;
  private readonly plans = new Map<string, Plan>();
  /** What there is of each value before a stage, by the stage's index; at last, behind them all. */
  private readonly before: readonly Readonly<Record<string, Abstract>>[];

  constructor(architecture: Architecture, kernels: Readonly<Record<string, KernelCall>>) {
    this.architecture = architecture;
    this.kernels = kernels;
    const before: Readonly<Record<string, Abstract>>[] = [abstractInputs(architecture.inputs)];
    for (const stage of architecture.stages) {
      const values = before.at(-1)!;
      before.push({ ...values, ...trace([stage], values, stage.writes).outputs });
    }
    this.before = before;
  }

  /** Stages [from, to) on values that are there before them; gives those that are `wanted`. */
  run(
    [from, to]: readonly [number, number],
    ops: Ops<tf.Tensor>,
    inputs: Values<tf.Tensor>,
    wanted: readonly string[],
    told?: Told<tf.Tensor>,
  ): Values<tf.Tensor> {
    return execute(this.plan(from, to, Object.keys(inputs), wanted), ops, inputs, this.kernels, told);
  }

  /** How stages [from, to) run on these inputs. */
  plan(from: number, to: number, inputs: readonly string[], wanted: readonly string[]): Plan {
    const key = `${from}/${to}/${inputs.join()}/${wanted.join()}`;
    let plan = this.plans.get(key);
    if (!plan) {
      const known = this.before[from]!;
      const given = Object.fromEntries(inputs.map((name) => [name, known[name]!]));
      plan = planned(fused(trace(this.architecture.stages.slice(from, to), given, wanted, from)));
      this.plans.set(key, plan);
    }
    return plan;
  }
}
