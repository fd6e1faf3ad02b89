import * as tf from '@tensorflow/tfjs-core';
import { seedOf } from '../lib/random.ts';
import { type Batch, upload } from './batch.ts';
import type { Architecture, Stage, Values } from './core.ts';
import type { Input } from './input.ts';
import { trainingBackend } from './kernels/backend.ts';
import { Recordings } from './kernels/recordings.ts';
import type { LossTerm, TermOfBatch } from './loss-term.ts';
import { noteMemory } from './memory.ts';
import type { Network } from './network.ts';
import type { RunOptions, StatisticsUpdate } from './run.ts';
import { gradients, type Tape } from './tape.ts';
import { runTaped } from './taped.ts';

/** A task's loss: the mean over a batch that is minimised, and how many answers are right. Runs under the tape. */
export type Objective = (logits: tf.Tensor, targets: Values<tf.Tensor>) => { loss: tf.Scalar; correct: tf.Scalar };

export interface Gradients {
  /** The task's alone. */
  loss: tf.Scalar;
  correct: tf.Scalar;
  /** What terms added to it; absent where there are none. */
  penalty?: tf.Scalar | undefined;
  /** Of both together. */
  gradients: Map<string, tf.Tensor>;
  updates: StatisticsUpdate;
}

export interface LossGradientOptions {
  network: Network;
  architecture: Architecture;
  objective: Objective;
  seed: number;
  checkpointing?: boolean;
  /** Whether a normalisation layer uses the batch's own statistics. */
  usesBatch(norm: string): boolean;
}

/** What moves, and by what loss. */
export interface Moving {
  /** In the network's order. */
  trainable: readonly string[];
  moving: ReadonlySet<string>;
  /** Index of the first stage that trains. */
  boundary: number;
  /** What is added to the task's loss. */
  terms: readonly LossTerm[];
}

export interface GradientBatch {
  input: Input;
  targets: Batch;
  step: number;
  /** Among the batches of a step: each draws masks of its own. */
  part: number;
}

type Random = NonNullable<RunOptions['random']>;

/** Forward through the stages that train, and back. */
export class LossGradient {
  private readonly o: LossGradientOptions;
  private readonly one = tf.keep(tf.scalar(1)) as tf.Scalar;
  private readonly recordings = new Recordings();

  constructor(o: LossGradientOptions) {
    this.o = o;
  }

  /** Says that something else moves from here on. */
  forget(): void {
    this.recordings.clear();
  }

  /** At the current weights; the caller disposes. */
  of(m: Moving, { input, targets, step, part }: GradientBatch): Gradients {
    const { network } = this.o;
    trainingBackend()?.beginGradients();
    const start = network.until(m.boundary, input);
    const wanted = upload(targets);
    const seed = part === 0 ? this.o.seed : seedOf(this.o.seed, part, 'batch');
    const random = { seed, step };
    const { moving, boundary } = m;
    const terms = m.terms.flatMap(
      (term) => term.begin({ network, moving, boundary, input, targets: wanted, random, part }) ?? [],
    );
    const found =
      terms.length > 0 ? this.compute(m, start, wanted, random, terms) : this.again(m, start, wanted, random);
    tf.dispose([...Object.values(start), ...Object.values(wanted), ...terms.flatMap(({ tensors }) => tensors)]);
    return found;
  }

  /** What is the same but for the batch and the masks is worked out once. */
  private again(m: Moving, start: Values<tf.Tensor>, targets: Values<tf.Tensor>, random: Random): Gradients {
    const inputs = { ...prefixed('start', start), ...prefixed('target', targets) };
    const shapes = Object.entries(inputs).map(([name, { shape, dtype }]) => `${name}[${shape}]${dtype}`);
    const seedOfPlace = (place: string) => seedOf(random.seed, random.step, place);
    const given = { inputs: Object.values(inputs), lasting: this.o.network.weights.all };
    const results = this.recordings.run(shapes.join(), given, seedOfPlace, () => {
      const { loss, correct, gradients, updates } = this.compute(m, start, targets, random, []);
      const tensors = { ...prefixed('gradient', Object.fromEntries(gradients)) };
      return { loss, correct, ...tensors, ...prefixed('update', Object.fromEntries(updates)) };
    });
    const { loss, correct } = results as Record<string, tf.Scalar>;
    const gradients = m.trainable.map((name) => [name, results[`gradient ${name}`]!] as const);
    return { loss: loss!, correct: correct!, gradients: new Map(gradients), updates: named('update', results) };
  }

  private compute(
    m: Moving,
    start: Values<tf.Tensor>,
    targets: Values<tf.Tensor>,
    random: Random,
    terms: readonly TermOfBatch[],
  ): Gradients {
    const { network, objective, architecture } = this.o;
    const updates: StatisticsUpdate = new Map();
    let correct: tf.Scalar | undefined;
    let apart: { loss: tf.Scalar; penalty: tf.Scalar } | undefined;
    const lossOf = (tape: Tape) => {
      const values = this.forward(m, tape, start, { random, updates });
      const result = objective(values[architecture.output]!, targets);
      correct = tf.keep(result.correct);
      const added = terms.map((term) => term.value(values));
      noteMemory();
      if (added.length === 0) return result.loss;
      apart = { loss: tf.keep(result.loss), penalty: tf.keep(tf.addN(added) as tf.Scalar) };
      return tf.add(apart.loss, apart.penalty) as tf.Scalar;
    };
    const xs = m.trainable.map((name) => network.weights.get(name));
    const { value, grads } = gradients(lossOf, xs, this.one);
    if (apart) value.dispose();
    const byName = new Map(m.trainable.map((name, i) => [name, grads[i]!]));
    return { loss: value, correct: correct!, ...apart, gradients: byName, updates };
  }

  /** The stages that train, on a tape. */
  private forward(
    { boundary, moving, terms }: Moving,
    tape: Tape,
    start: Values<tf.Tensor>,
    { random, updates }: { random: Random; updates: StatisticsUpdate },
  ): Values<tf.Tensor> {
    const { network, architecture, checkpointing = false, usesBatch } = this.o;
    const stages = architecture.stages.slice(boundary);
    const { plans, profile, weights } = network;
    const weightsOf = (stage: number) => profile.stages[boundary + stage]!.weights.filter((name) => moving.has(name));
    return runTaped(stages, start, {
      tape,
      updates,
      checkpointing,
      // a term may read whatever the stages give
      wanted: terms.length === 0 ? [architecture.output] : written(stages),
      joined: plans && (([from, to], ...rest) => plans.run([boundary + from, boundary + to], ...rest)),
      ops: (updates) => network.ops({ random, statistics: { batch: usesBatch, updates } }),
      weightsOf: (stage) => weightsOf(stage).map((name) => weights.get(name)),
    });
  }

  dispose(): void {
    this.forget();
    this.one.dispose();
  }
}

const written = (stages: readonly Stage[]): string[] => [...new Set(stages.flatMap(({ writes }) => writes))];

const prefixed = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value]));

/** Those of a prefix, without it. */
const named = (prefix: string, values: Readonly<Record<string, tf.Tensor | undefined>>): Map<string, tf.Tensor> =>
  new Map(
    Object.entries(values).flatMap(([key, value]) =>
      value && key.startsWith(`${prefix} `) ? [[key.slice(prefix.length + 1), value] as const] : [],
    ),
  );
