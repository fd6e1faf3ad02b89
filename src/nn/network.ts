import * as tf from '@tensorflow/tfjs-core';
import type { Architecture, Ops, Values } from './core.ts';
import { enter, type Input } from './input.ts';
import { trainingBackend } from './kernels/backend.ts';
import { noteMemory } from './memory.ts';
import type { Observer } from './observe.ts';
import { activationOf } from './plan/activation-of.ts';
import type { Told } from './plan/execute.ts';
import { KERNELS } from './plan/kernels.ts';
import { Plans } from './plan/plans.ts';
import { liveAt, type Profile, profile } from './profile.ts';
import { Constants, infer, type RunOptions, runOps } from './run.ts';
import { Weights, type WeightValues } from './weights.ts';

/** Where an input enters: the first stage that it has not been through. */
const boundaryOf = (input: Input): number => (input.kind === 'cached' ? input.cache.boundary : 0);

/** Disposes of values that are not among those that stay. */
function disposeBut(values: Values<tf.Tensor>, stay: readonly tf.Tensor[]): void {
  const staying = new Set(stay);
  for (const tensor of new Set(Object.values(values))) if (!staying.has(tensor)) tensor.dispose();
}

/** An architecture with its weights on the device. */
export class Network {
  readonly architecture: Architecture;
  readonly profile: Profile;
  readonly weights: Weights;
  readonly constants = new Constants();
  /** Where the backend has kernels that do several operations in one go. */
  readonly plans: Plans | undefined;

  /** `values` must hold every weight of the architecture, in memory's layout. */
  constructor(architecture: Architecture, values: WeightValues) {
    this.architecture = architecture;
    this.profile = profile(architecture);
    this.weights = new Weights(this.profile.weights, values);
    this.plans = trainingBackend() && new Plans(architecture, KERNELS);
  }

  ops(options: Partial<RunOptions> = {}): Ops<tf.Tensor> {
    return runOps({ weight: (name) => this.weights.get(name), constants: this.constants, ...options });
  }

  /**
   * Values that stages from `boundary` on need, in inference mode and outside any tape; the caller disposes. What is
   * cached at an earlier boundary is run on from there. `options` may replace weights; `observer` looks on.
   */
  until(
    boundary: number,
    input: Input,
    options: Partial<RunOptions> = {},
    architecture = this.architecture,
    observer?: Observer,
  ): Values<tf.Tensor> {
    const from = boundaryOf(input);
    if (from > boundary) throw new Error(`cached at ${from}, needed at ${boundary}`);
    const inputs = input.kind === 'cached' ? input.cache.rows(input.rows) : enter(input);
    if (from === boundary) return inputs;
    const keep = liveAt(architecture, boundary);
    const values = this.infer(architecture, [from, boundary], options, inputs, keep, observer);
    disposeBut(inputs, Object.values(values));
    return values;
  }

  /**
   * The architecture's output in inference mode; the caller disposes. `options` may replace weights. `observer` looks on
   * and changes no bit of it.
   */
  output(
    input: Input,
    options: Partial<RunOptions> = {},
    architecture = this.architecture,
    observer?: Observer,
  ): tf.Tensor {
    const { output, stages } = architecture;
    // up to what the last stage reads, which an observer wants as it is: the same calls whether one is there or not
    const last = Math.max(boundaryOf(input), stages.length - 1);
    const values = this.until(last, input, options, architecture, observer);
    observer?.last((stages[last]?.reads ?? []).map((name) => values[name]!));
    const span = [last, stages.length] as const;
    const result = this.infer(architecture, span, options, values, [output], observer)[output]!;
    disposeBut(values, [result]);
    return result;
  }

  /** Stages [from, to) without a tape; the caller owns what is given and what comes. */
  private infer(
    architecture: Architecture,
    span: readonly [number, number],
    options: Partial<RunOptions>,
    inputs: Values<tf.Tensor>,
    keep: readonly string[],
    observer: Observer | undefined,
  ): Values<tf.Tensor> {
    const { plans } = this;
    const ops = this.ops(options);
    // plans are of the network's own architecture: under an old task's head it answers stage by stage
    if (!plans || architecture !== this.architecture) return infer(architecture, span, ops, inputs, keep, observer);
    const told: Told<tf.Tensor> = (node, value) => {
      noteMemory();
      const kind = observer && activationOf(node);
      // what gives several values gives its own first
      if (kind) observer.activation(node.stage!, kind, Array.isArray(value) ? value[0] : value);
    };
    return tf.tidy(() => ({ ...plans.run(span, ops, inputs, keep, told) }));
  }

  /** Logits on the CPU, row after row; of another architecture, its output. */
  async logits(input: Input, options?: Partial<RunOptions>, architecture = this.architecture): Promise<Float32Array> {
    const logits = this.output(input, options, architecture);
    const data = (await logits.data()) as Float32Array;
    logits.dispose();
    return data;
  }

  dispose(): void {
    this.weights.dispose();
    this.constants.dispose();
  }
}
