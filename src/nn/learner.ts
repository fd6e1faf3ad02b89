import * as tf from '@tensorflow/tfjs-core';
import { assign, copied } from './assign.ts';
import { type Batch, upload } from './batch.ts';
import type { Architecture } from './core.ts';
import type { Input } from './input.ts';
import { trainingBackend } from './kernels/backend.ts';
import { type Gradients, LossGradient, type Objective } from './loss-gradient.ts';
import type { LossTerm } from './loss-term.ts';
import { takePeak } from './memory.ts';
import { Network } from './network.ts';
import { NormTaker, type StepNorms } from './norms.ts';
import type { Observer } from './observe.ts';
import { OptimizerState } from './optimizer-state.ts';
import type { Optimizer, UpdateContext } from './optimizers/optimizer.ts';
import { isHeadWeight, weightUses } from './profile.ts';
import type { WeightValues } from './weights.ts';

export interface LearnerOptions {
  architecture: Architecture;
  values: WeightValues;
  /** What moves, until `train` says otherwise. */
  trainable: ReadonlySet<string>;
  optimizer: Optimizer;
  objective: Objective;
  seed: number;
  /** Normalise trained layers by the batch's own statistics, not the running ones. */
  batchStatistics: boolean;
  /** Greatest global norm of the gradients (Pascanu et al. 2013); 0 for no limit. */
  clipNorm: number;
  /** Share of a weight that is added to its gradient, after clipping; none where absent. */
  l2?: number;
  /** Keep what goes into each stage alone and run it again on the way back: less memory, more time. */
  checkpointing?: boolean;
  /** Factor on a weight's learning rate; 1 where absent. */
  rate?: ((name: string) => number) | undefined;
}

/** Of an optimizer step; `count` is what the loss of `targets` is a mean over. */
export interface TrainingBatch {
  input: Input;
  targets: Batch;
  count: number;
}

export type StepContext = Omit<UpdateContext, 'l2'>;

export interface BatchMetrics {
  /** The task's alone. */
  loss: number;
  correct: number;
  /** What terms added to it; absent where there are none. */
  penalty?: number;
}

/** Weights that training changed and the optimizer's state, on the CPU. */
export interface LearnerState {
  weights: WeightValues;
  /** By `<weight>/<slot>`, and each weight's count of updates by `<weight>/step`. */
  slots: WeightValues;
}

type Figures = Pick<Gradients, 'loss' | 'correct' | 'penalty'>;

const RUNNING = /\.running_(mean|var)$/;

/** A network that learns: one optimizer step at a time, from the first stage that has a trainable weight. */
export class Learner {
  readonly network: Network;
  /** What moves from the next step on. */
  trainable: readonly string[] = [];
  /** Index of the first stage that trains, behind the last where none does: the stages before it stand still. */
  boundary = 0;
  /** The lowest that it ever was: what is before has not moved. */
  reach = Number.POSITIVE_INFINITY;
  /** The most bytes that were held on the device in a step, since somebody set it back. */
  peakBytes = 0;
  /** Bytes of the last step's gradients. */
  gradientBytes = 0;
  /** What is added to the task's loss from the next step on; they go with the learner. */
  terms: readonly LossTerm[] = [];
  /** Of the last step that was measured. */
  norms: Promise<StepNorms> | undefined;
  private readonly o: LearnerOptions;
  private readonly state: OptimizerState;
  /** Weights that move or once did, with the statistics that go with them. */
  private readonly touched = new Set<string>();
  /** What those were that began to move later. */
  private readonly untouched = new Map<string, tf.Tensor>();
  private moving: ReadonlySet<string> = new Set();
  /** What was read since anything last changed: a validation and the checkpoint after it read once. */
  private asRead: Promise<LearnerState> | undefined;
  private readonly lossGradient: LossGradient;

  constructor(o: LearnerOptions) {
    this.o = o;
    this.network = new Network(o.architecture, o.values);
    const uses = new Map(
      weightUses(this.network.profile).map((use) => [
        use.name,
        { spec: use.spec, head: isHeadWeight(use, o.architecture) },
      ]),
    );
    this.state = new OptimizerState(o.optimizer, (name) => uses.get(name)!, o.rate ?? (() => 1));
    this.lossGradient = new LossGradient({ ...o, network: this.network, usesBatch: (norm) => this.usesBatch(norm) });
    this.setMoving(o.trainable);
    for (const name of this.withStatistics(this.trainable)) this.touched.add(name);
  }

  /** First values of every weight, on the CPU. */
  get beginning(): WeightValues {
    return this.o.values;
  }

  get optimizerBytes(): number {
    return this.state.bytes;
  }

  /** Sets what moves from the next step on. A weight that stops keeps its value and its state. */
  train(names: ReadonlySet<string>): void {
    this.asRead = undefined;
    this.setMoving(names);
    this.touch(this.withStatistics(this.trainable));
  }

  private setMoving(names: ReadonlySet<string>): void {
    const { stages, weights } = this.network.profile;
    this.trainable = [...weights.keys()].filter((name) => names.has(name));
    this.moving = new Set(this.trainable);
    const first = stages.findIndex((stage) => stage.weights.some((name) => this.moving.has(name)));
    this.boundary = first < 0 ? stages.length : first;
    this.reach = Math.min(this.reach, this.boundary);
    this.lossGradient.forget();
  }

  /** Remembers what was never trained as it is, so that `write` can bring it back. */
  private touch(names: Iterable<string>): void {
    for (const name of names) {
      if (this.touched.has(name)) continue;
      this.touched.add(name);
      this.untouched.set(name, tf.keep(copied(this.network.weights.get(name))));
    }
  }

  /** The weights, and the running statistics that training them moves. */
  private withStatistics(names: readonly string[]): string[] {
    if (!this.o.batchStatistics) return [...names];
    const own = new Set(names);
    const norms = [...this.network.profile.weights.keys()].filter(
      (name) => RUNNING.test(name) && own.has(`${name.replace(RUNNING, '')}.weight`),
    );
    return [...names, ...norms];
  }

  /** Whether a normalisation layer uses the batch's own statistics: where that was asked for and it trains. */
  private usesBatch(norm: string): boolean {
    return this.o.batchStatistics && this.moving.has(`${norm}.weight`);
  }

  /**
   * Loss and gradients by weight name at the current weights; the caller disposes. `part` numbers the batches of a step:
   * each draws masks of its own.
   */
  gradients(input: Input, targets: Batch, step: number, part = 0): Gradients {
    const { trainable, moving, boundary, terms } = this;
    const found = this.lossGradient.of({ trainable, moving, boundary, terms }, { input, targets, step, part });
    this.gradientBytes = bytesOf(found.gradients.values());
    return found;
  }

  /** Compiles what a step needs of such a batch as the first, all at once, where the backend compiles. */
  async prepare({ input, targets }: TrainingBatch, context: StepContext): Promise<void> {
    await trainingBackend()?.compile(() => {
      const { trainable, moving, boundary } = this;
      const weight = (name: string) => this.network.weights.get(name);
      this.state.arrange(trainable, weight);
      const { loss, correct, gradients, updates } = this.lossGradient.of(
        { trainable, moving, boundary, terms: [] },
        { input, targets, step: context.step, part: 0 },
      );
      tf.dispose([loss, correct, ...updates.values()]);
      this.state.rehearse(gradients, { ...context, l2: this.o.l2 ?? 0 }, this.o.clipNorm);
    });
  }

  /** The same of an answer to such an input. */
  async prepareAnswer(input: Input): Promise<void> {
    await trainingBackend()?.compile(() => this.network.output(input).dispose());
  }

  /**
   * One optimizer step, by the gradients that the batches would have as one. The promise resolves when the device has
   * come so far: a caller that does not wait at once keeps the device's queue filled. `measured` takes its `norms`.
   */
  step(batches: readonly TrainingBatch[], context: StepContext, measured = false): Promise<BatchMetrics> {
    this.asRead = undefined;
    trainingBackend()?.settle();
    takePeak();
    const taker = measured ? new NormTaker() : undefined;
    const total = batches.reduce((sum, { count }) => sum + count, 0);
    const shares = batches.map(({ count }) => (batches.length === 1 ? 1 : count / Math.max(1, total)));
    const figures: Promise<BatchMetrics>[] = [];
    let waiting: Figures | undefined;
    const weight = (name: string) => this.network.weights.get(name);
    this.state.arrange(this.trainable, weight);
    for (const [part, { input, targets }] of batches.entries()) {
      // of the batch before: the next one finds all memory as it found it
      if (waiting) figures.push(readMetrics(waiting));
      const { gradients, updates, ...found } = this.gradients(input, targets, context.step, part);
      waiting = found;
      for (const [name, tensor] of updates) assign(weight(name), tensor);
      tf.dispose([...updates.values()]);
      this.state.add(gradients, batches.length === 1 ? undefined : shares[part]);
    }
    this.state.step(weight, { ...context, l2: this.o.l2 ?? 0 }, this.o.clipNorm, taker);
    if (taker) {
      this.norms = taker.read();
      // of a device that was lost meanwhile nobody asks any more
      this.norms.catch(() => {});
    }
    this.peakBytes = Math.max(this.peakBytes, takePeak());
    if (waiting) figures.push(readMetrics(waiting));
    trainingBackend()?.flush();
    return Promise.all(figures).then((each) => ({
      loss: each.reduce((loss, one, part) => loss + shares[part]! * one.loss, 0),
      correct: each.reduce((correct, one) => correct + one.correct, 0),
      ...(each.some(({ penalty }) => penalty !== undefined)
        ? { penalty: each.reduce((penalty, one, part) => penalty + shares[part]! * (one.penalty ?? 0), 0) }
        : {}),
    }));
  }

  /** Loss and right answers of a batch in inference mode; `observer` looks on. */
  evaluate(input: Input, targets: Batch, observer?: Observer): Promise<BatchMetrics> {
    trainingBackend()?.settle();
    takePeak();
    const logits = this.network.output(input, {}, this.network.architecture, observer);
    const { loss, correct } = tf.tidy(() => this.o.objective(logits, upload(targets)));
    this.peakBytes = Math.max(this.peakBytes, takePeak());
    logits.dispose();
    return readMetrics({ loss, correct });
  }

  /** Every weight that moves or once did. */
  read(): Promise<LearnerState> {
    this.asRead ??= this.readNow();
    return this.asRead;
  }

  private async readNow(): Promise<LearnerState> {
    return { weights: await this.network.weights.read(this.touched), slots: await this.state.read() };
  }

  /**
   * Goes back to a state, whatever has moved since. `step` is the number of updates of weights whose own count was not
   * kept with it.
   */
  write(state: LearnerState, step = 0): void {
    const { weights } = this.network;
    this.asRead = undefined;
    this.touch(state.weights.keys());
    weights.write(state.weights);
    for (const [name, value] of this.untouched) if (!state.weights.has(name)) assign(weights.get(name), value);
    this.state.write(state.slots, (name) => weights.get(name).shape, step);
  }

  dispose(): void {
    this.network.dispose();
    this.state.dispose();
    tf.dispose([...this.untouched.values()]);
    for (const term of this.terms) term.dispose();
    this.lossGradient.dispose();
  }
}

const bytesOf = (tensors: Iterable<tf.Tensor | null>): number =>
  [...tensors].reduce((sum, tensor) => sum + 4 * (tensor?.size ?? 0), 0);

/** Disposes of the figures; the next step does not wait for them. */
async function readMetrics({ loss, correct, penalty }: Figures): Promise<BatchMetrics> {
  const scalars = penalty ? [loss, correct, penalty] : [loss, correct];
  const [l, c, p] = await readScalars(scalars);
  return { loss: l!, correct: c!, ...(penalty ? { penalty: p! } : {}) };
}

function readScalars(scalars: tf.Scalar[]): Promise<Float32Array> {
  const backend = trainingBackend();
  const all = backend ? undefined : (tf.stack(scalars) as tf.Tensor1D);
  const values = backend?.readScalars(scalars) ?? (all!.data() as Promise<Float32Array>);
  tf.dispose(scalars);
  return values.finally(() => all?.dispose());
}
