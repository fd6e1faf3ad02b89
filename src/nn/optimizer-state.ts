import * as tf from '@tensorflow/tfjs-core';
import { trainingBackend } from './kernels/backend.ts';
import { OptimizerArenas } from './kernels/optimizer-arena.ts';
import type { NormTaker } from './norms.ts';
import { clipScale } from './optimizers/clip.ts';
import { decays, type MovedWeight, type Optimizer, type UpdateContext, updateOf } from './optimizers/optimizer.ts';
import type { WeightValues } from './weights.ts';

/** Under which a weight's own count is kept beside its slots, as in PyTorch's state. */
const STEP = 'step';

/** Gradients by name; undefined where the loss does not depend on a weight. */
type Gradients = ReadonlyMap<string, tf.Tensor | undefined>;

/**
 * What an optimizer keeps of each weight: its slots, made when the weight first moves, and how often it has moved, which
 * is what a bias correction counts. On WebGPU all of it lies in arenas where the rule allows.
 */
export class OptimizerState {
  private readonly slots = new Map<string, tf.Variable>();
  private readonly steps = new Map<string, number>();
  private readonly optimizer: Optimizer;
  private readonly of: (name: string) => MovedWeight;
  private readonly rate: (name: string) => number;
  private arenas: OptimizerArenas | undefined;
  /** Gradients of the batches of a step so far, where they are not in arenas. */
  private sum: Map<string, tf.Tensor> | undefined;

  /** `rate` is a factor on the learning rate. */
  constructor(optimizer: Optimizer, of: (name: string) => MovedWeight, rate: (name: string) => number) {
    this.optimizer = optimizer;
    this.of = of;
    this.rate = rate;
  }

  /** On the device. */
  get bytes(): number {
    return [...this.slots.values()].reduce((sum, { size }) => sum + 4 * size, 0);
  }

  /** Makes ready for the gradients of a step of these weights; a weight that is not among them keeps its slots. */
  arrange(names: readonly string[], weight: (name: string) => tf.Variable): void {
    const backend = trainingBackend();
    const { inPlace } = this.optimizer;
    tf.dispose([...(this.sum?.values() ?? [])]);
    this.sum = undefined;
    this.arenas?.begin();
    if (!backend || !inPlace || this.arenas?.holds(names)) return;
    const before = this.arenas;
    this.arenas = undefined;
    if (names.length > 0) {
      const weights = new Map(names.map((name) => [name, weight(name)]));
      this.arenas = new OptimizerArenas(backend, weights, this.slots, {
        rule: inPlace,
        slots: this.optimizer.slots(this.of(names[0]!)),
        decays: (name) => decays(this.of(name).spec),
      });
    }
    before?.free();
  }

  /** Takes the gradients of a batch, times its `share` of the step where it is not alone; disposes of them. */
  add(gradients: Gradients, share?: number): void {
    if (this.arenas) this.arenas.add(gradients, share);
    else this.sum = added(this.sum, gradients, share);
  }

  /** Moves what `arrange` was told of by the gradients that were added, clipped at a norm of `clipNorm`, 0 for none. */
  step(weight: (name: string) => tf.Variable, context: UpdateContext, clipNorm: number, taker?: NormTaker): void {
    const { arenas } = this;
    if (arenas) {
      const names = [...arenas.moving];
      arenas.step((name) => this.contextOf(name, context), clipNorm, taker?.add);
      for (const name of names) this.steps.set(name, (this.steps.get(name) ?? 0) + 1);
      return;
    }
    const gradients = this.sum ?? new Map<string, tf.Tensor>();
    this.sum = undefined;
    tf.tidy(() => {
      const scale = clipNorm > 0 ? clipScale([...gradients.values()], clipNorm) : undefined;
      this.move(gradients, weight, context, scale, taker?.see);
    });
    tf.dispose([...gradients.values()]);
  }

  /** Asks for the kernels of a step, with no step taken; disposes of the gradients. */
  rehearse(gradients: Gradients, context: UpdateContext, clipNorm: number): void {
    const { arenas } = this;
    if (!arenas) {
      tf.dispose([...gradients.values()].filter((gradient) => gradient !== undefined));
      return;
    }
    arenas.add(gradients);
    arenas.step((name) => this.contextOf(name, context), clipNorm);
  }

  /** With the count and the learning rate of a weight's own. */
  private contextOf(name: string, context: UpdateContext): UpdateContext {
    return { ...context, step: this.steps.get(name) ?? 0, learningRate: context.learningRate * this.rate(name) };
  }

  /**
   * Moves every weight that has a gradient, times `scale` where there is one. Runs inside a tidy. `see` is shown each weight
   * as it was and as it is, with its gradient; these go when it returns.
   */
  move(
    gradients: Gradients,
    weight: (name: string) => tf.Variable,
    context: UpdateContext,
    scale: tf.Tensor | undefined,
    see?: (name: string, gradient: tf.Tensor, before: tf.Tensor, after: tf.Tensor) => void,
  ): void {
    const updates = new Map<string, ReturnType<typeof updateOf>>();
    for (const [name, gradient] of gradients) {
      if (!gradient) continue;
      const own = this.contextOf(name, context);
      const key = `${own.step}/${own.learningRate}`;
      const update = updates.get(key) ?? updateOf(this.optimizer, own);
      updates.set(key, update);
      tf.tidy(() => {
        const variable = weight(name);
        const slots = this.slotsOf(name, variable.shape);
        const next = update(variable, scale ? tf.mul(gradient, scale) : gradient, slots, this.of(name));
        see?.(name, gradient, variable, next.weight);
        variable.assign(next.weight);
        for (const [i, slot] of slots.entries()) slot.assign(next.slots[i]!);
      });
      this.steps.set(name, own.step + 1);
    }
  }

  private slotsOf(name: string, shape: readonly number[]): tf.Variable[] {
    return this.optimizer.slots(this.of(name)).map((slot) => {
      const key = `${name}/${slot}`;
      const known = this.slots.get(key) ?? tf.variable(tf.zeros([...shape]), false);
      this.slots.set(key, known);
      return known;
    });
  }

  /** Slots by `<weight>/<slot>` and counts by `<weight>/step`, on the CPU. */
  async read(): Promise<WeightValues> {
    const values = new Map<string, Float32Array>();
    const moved = [...this.slots].filter(([key]) => this.steps.has(key.slice(0, key.lastIndexOf('/'))));
    for (const [name, variable] of moved) values.set(name, ((await variable.data()) as Float32Array).slice());
    for (const [name, step] of this.steps) values.set(`${name}/${STEP}`, Float32Array.of(step));
    return values;
  }

  /** Whatever is not among `values` begins anew. `step` counts for weights whose own count was not kept. */
  write(values: WeightValues, shape: (name: string) => readonly number[], step: number): void {
    this.dispose();
    for (const [key, data] of values) {
      const at = key.lastIndexOf('/');
      const name = key.slice(0, at);
      if (key.slice(at + 1) === STEP) {
        this.steps.set(name, data[0]!);
        continue;
      }
      if (!this.steps.has(name)) this.steps.set(name, step);
      this.slots.set(
        key,
        tf.tidy(() => tf.variable(tf.tensor(data, [...shape(name)]), false)),
      );
    }
  }

  dispose(): void {
    tf.dispose([...this.slots.values(), ...(this.sum?.values() ?? [])]);
    this.slots.clear();
    this.sum = undefined;
    this.arenas?.free();
    this.arenas = undefined;
    this.steps.clear();
  }
}

/** sum + share * gradients, or the gradients themselves where there is no share; disposes of what it does not give back. */
function added(
  sum: ReadonlyMap<string, tf.Tensor> | undefined,
  gradients: Gradients,
  share?: number,
): Map<string, tf.Tensor> {
  const next = new Map(sum);
  for (const [name, gradient] of gradients) {
    if (!gradient) continue;
    if (share === undefined) {
      next.set(name, gradient);
      continue;
    }
    const before = sum?.get(name);
    const both = tf.tidy(() => {
      const part = tf.mul(gradient, share);
      return before ? tf.add(before, part) : part;
    });
    next.set(name, both);
    tf.dispose(before ? [gradient, before] : gradient);
  }
  return next;
}
