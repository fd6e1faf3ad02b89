import * as tf from '@tensorflow/tfjs-core';
import type { Architecture, Ops, Values } from './core.ts';
import { enter, type Input } from './input.ts';
import { trainingBackend } from './kernels/backend.ts';
import { KERNELS } from './plan/kernels.ts';
import { Plans } from './plan/plans.ts';
import { liveAt, type Profile, profile } from './profile.ts';
import { Constants, infer, type RunOptions, runOps } from './run.ts';
import { Weights, type WeightValues } from './weights.ts';

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
   * cached at an earlier boundary is run on from there. `options` may replace weights.
   */
  until(
    boundary: number,
    input: Input,
    options: Partial<RunOptions> = {},
    architecture = this.architecture,
  ): Values<tf.Tensor> {
    const from = input.kind === 'cached' ? input.cache.boundary : 0;
    if (from > boundary) throw new Error(`cached at ${from}, needed at ${boundary}`);
    const inputs = input.kind === 'cached' ? input.cache.rows(input.rows) : enter(input);
    if (from === boundary) return inputs;
    const keep = liveAt(architecture, boundary);
    const values = this.infer(architecture, [from, boundary], options, inputs, keep);
    const alive = new Set(Object.values(values));
    for (const tensor of Object.values(inputs)) if (!alive.has(tensor)) tensor.dispose();
    return values;
  }

  /** The architecture's output in inference mode; the caller disposes. `options` may replace weights. */
  output(input: Input, options: Partial<RunOptions> = {}, architecture = this.architecture): tf.Tensor {
    const boundary = input.kind === 'cached' ? input.cache.boundary : 0;
    const values = this.until(boundary, input);
    const { output, stages } = architecture;
    // by its own calls, so that the same bits come out when somebody looks on
    const result = infer(architecture, [boundary, stages.length], this.ops(options), values, [output])[output]!;
    for (const tensor of Object.values(values)) if (tensor !== result) tensor.dispose();
    return result;
  }

  /** Stages [from, to) without a tape; the caller owns what is given and what comes. */
  private infer(
    architecture: Architecture,
    span: readonly [number, number],
    options: Partial<RunOptions>,
    inputs: Values<tf.Tensor>,
    keep: readonly string[],
  ): Values<tf.Tensor> {
    const { plans } = this;
    const ops = this.ops(options);
    // who looks on wants the stages as they are
    if (!plans || architecture !== this.architecture) return infer(architecture, span, ops, inputs, keep);
    return tf.tidy(() => ({ ...plans.run(span, ops, inputs, keep) }));
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
