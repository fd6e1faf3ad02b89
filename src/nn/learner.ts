import * as tf from '@tensorflow/tfjs-core';
import { type Batch, upload } from './batch.ts';
import type { Architecture, Values } from './core.ts';
import type { Input } from './input.ts';
import { Network } from './network.ts';
import type { Optimizer, UpdateContext } from './optimizers/optimizer.ts';
import { forward, type StatisticsUpdate } from './run.ts';
import type { WeightValues } from './weights.ts';

/** A task's loss: the mean over a batch that is minimised, and how many answers are right. Runs under the tape. */
export type Objective = (logits: tf.Tensor, targets: Values<tf.Tensor>) => { loss: tf.Scalar; correct: tf.Scalar };

export interface LearnerOptions {
  architecture: Architecture;
  values: WeightValues;
  trainable: ReadonlySet<string>;
  optimizer: Optimizer;
  objective: Objective;
  seed: number;
  /** Normalise trained layers by the batch's own statistics, not the running ones. */
  batchStatistics: boolean;
  /** Greatest global norm of the gradients (Pascanu et al. 2013); 0 for no limit. */
  clipNorm: number;
}

export interface BatchMetrics {
  loss: number;
  correct: number;
}

/** Weights that training changed and the optimizer's state, on the CPU. */
export interface LearnerState {
  weights: WeightValues;
  /** By `<weight>/<slot>`. */
  slots: WeightValues;
}

const RUNNING = /\.running_(mean|var)$/;

/** A network that learns: one optimizer step at a time, from the first stage that has a trainable weight. */
export class Learner {
  readonly network: Network;
  readonly trainable: readonly string[];
  /** Index of the first stage that trains: the stages before it are the frozen prefix. */
  readonly boundary: number;
  private readonly o: LearnerOptions;
  private readonly slots = new Map<string, tf.Variable>();
  private readonly one = tf.keep(tf.scalar(1));

  constructor(o: LearnerOptions) {
    this.o = o;
    this.network = new Network(o.architecture, o.values);
    const { stages, weights } = this.network.profile;
    this.trainable = [...weights.keys()].filter((name) => o.trainable.has(name));
    this.boundary = stages.findIndex((stage) => stage.weights.some((name) => o.trainable.has(name)));
    for (const name of this.trainable)
      for (const slot of o.optimizer.slots)
        this.slots.set(
          `${name}/${slot}`,
          tf.tidy(() => tf.variable(tf.zeros([...weights.get(name)!.shape]), false)),
        );
  }

  /** Running statistics that training moves: those of trained layers. */
  get movingStatistics(): readonly string[] {
    return [...this.network.profile.weights.keys()].filter(
      (name) => RUNNING.test(name) && this.usesBatch(name.replace(RUNNING, '')),
    );
  }

  /** Whether a normalisation layer uses the batch's own statistics: where that was asked for and it trains. */
  private usesBatch(norm: string): boolean {
    return this.o.batchStatistics && this.o.trainable.has(`${norm}.weight`);
  }

  /** Loss and gradients by weight name at the current weights; the caller disposes. */
  gradients(
    input: Input,
    targets: Batch,
    step: number,
  ): { loss: tf.Scalar; correct: tf.Scalar; gradients: Map<string, tf.Tensor>; updates: StatisticsUpdate } {
    const start = this.network.until(this.boundary, input);
    const wanted = upload(targets);
    const updates: StatisticsUpdate = new Map();
    const ops = this.network.ops({
      random: { seed: this.o.seed, step },
      statistics: { batch: (name) => this.usesBatch(name), updates },
    });
    const { stages, output } = this.o.architecture;
    let correct: tf.Scalar | undefined;
    const lossOf = () => {
      const result = this.o.objective(forward(stages.slice(this.boundary), ops, start)[output]!, wanted);
      correct = tf.keep(result.correct);
      return result.loss;
    };
    const xs = this.trainable.map((name) => this.network.weights.get(name));
    const { value, grads } = tf.engine().gradients(lossOf, xs, this.one as tf.Scalar, true);
    tf.dispose([...Object.values(start), ...Object.values(wanted)]);
    const gradients = new Map(this.trainable.map((name, i) => [name, grads[i]!]));
    return { loss: value, correct: correct!, gradients, updates };
  }

  /**
   * One optimizer step. The promise resolves when the device has come so far: a caller that does not wait at once
   * keeps the device's queue filled.
   */
  step(input: Input, targets: Batch, context: UpdateContext): Promise<BatchMetrics> {
    const { loss, correct, gradients, updates } = this.gradients(input, targets, context.step);
    tf.tidy(() => {
      const update = this.o.optimizer.update(context);
      const scale = this.o.clipNorm > 0 ? clipScale([...gradients.values()], this.o.clipNorm) : undefined;
      for (const [name, gradient] of gradients) {
        if (!gradient) continue;
        const weight = this.network.weights.get(name);
        const slots = this.o.optimizer.slots.map((slot) => this.slots.get(`${name}/${slot}`)!);
        const next = update(weight, scale ? tf.mul(gradient, scale) : gradient, slots, decays(this.network, name));
        weight.assign(next.weight);
        for (const [i, slot] of slots.entries()) slot.assign(next.slots[i]!);
      }
      for (const [name, tensor] of updates) this.network.weights.get(name).assign(tensor);
    });
    tf.dispose([...gradients.values(), ...updates.values()]);
    return readMetrics(loss, correct);
  }

  /** Loss and right answers of a batch in inference mode. */
  evaluate(input: Input, targets: Batch): Promise<BatchMetrics> {
    const logits = this.network.output(input);
    const { loss, correct } = tf.tidy(() => this.o.objective(logits, upload(targets)));
    logits.dispose();
    return readMetrics(loss, correct);
  }

  async read(): Promise<LearnerState> {
    const weights = await this.network.weights.read([...this.trainable, ...this.movingStatistics]);
    const slots = new Map<string, Float32Array>();
    for (const [name, variable] of this.slots) slots.set(name, ((await variable.data()) as Float32Array).slice());
    return { weights, slots };
  }

  write(state: LearnerState): void {
    this.network.weights.write(state.weights);
    for (const [name, data] of state.slots) {
      const variable = this.slots.get(name);
      if (variable) tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
    }
  }

  dispose(): void {
    this.network.dispose();
    for (const variable of this.slots.values()) variable.dispose();
    this.one.dispose();
  }
}

/** Weight decay is for kernels and tables: not for biases and normalisation. */
function decays(network: Network, name: string): boolean {
  const role = network.weights.specs.get(name)?.role;
  return role === 'kernel' || role === 'table';
}

/** min(1, limit / (norm + 1e-6)), the norm over all gradients together, as PyTorch's `clip_grad_norm_`. */
export function clipScale(gradients: readonly tf.Tensor[], limit: number): tf.Tensor {
  const squares = gradients.filter(Boolean).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.minimum(tf.scalar(1), tf.div(tf.scalar(limit), tf.add(norm, tf.scalar(1e-6))));
}

async function readMetrics(loss: tf.Scalar, correct: tf.Scalar): Promise<BatchMetrics> {
  const both = tf.stack([loss, correct]);
  tf.dispose([loss, correct]);
  const [l, c] = await both.data();
  both.dispose();
  return { loss: l!, correct: c! };
}
