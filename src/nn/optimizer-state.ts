import * as tf from '@tensorflow/tfjs-core';
import { type MovedWeight, type Optimizer, type UpdateContext, updateOf } from './optimizers/optimizer.ts';
import type { WeightValues } from './weights.ts';

/** Under which a weight's own count is kept beside its slots, as in PyTorch's state. */
const STEP = 'step';

/**
 * What an optimizer keeps of each weight: its slots, made when the weight first moves, and how often it has moved, which
 * is what a bias correction counts.
 */
export class OptimizerState {
  private readonly slots = new Map<string, tf.Variable>();
  private readonly steps = new Map<string, number>();
  private readonly optimizer: Optimizer;
  private readonly of: (name: string) => MovedWeight;
  private readonly rate: (name: string) => number;

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

  /**
   * Moves every weight that has a gradient, times `scale` where there is one. Runs inside a tidy. `see` is shown each weight
   * as it was and as it is, with its gradient; these go when it returns.
   */
  move(
    gradients: ReadonlyMap<string, tf.Tensor>,
    weight: (name: string) => tf.Variable,
    { step: _, ...context }: UpdateContext,
    scale: tf.Tensor | undefined,
    see?: (name: string, gradient: tf.Tensor, before: tf.Tensor, after: tf.Tensor) => void,
  ): void {
    const updates = new Map<string, ReturnType<typeof updateOf>>();
    for (const [name, gradient] of gradients) {
      if (!gradient) continue;
      const step = this.steps.get(name) ?? 0;
      const rate = this.rate(name);
      const key = `${step}/${rate}`;
      const learningRate = context.learningRate * rate;
      const update = updates.get(key) ?? updateOf(this.optimizer, { ...context, step, learningRate });
      updates.set(key, update);
      tf.tidy(() => {
        const variable = weight(name);
        const slots = this.slotsOf(name, variable.shape);
        const next = update(variable, scale ? tf.mul(gradient, scale) : gradient, slots, this.of(name));
        see?.(name, gradient, variable, next.weight);
        variable.assign(next.weight);
        for (const [i, slot] of slots.entries()) slot.assign(next.slots[i]!);
      });
      this.steps.set(name, step + 1);
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
    for (const [name, variable] of this.slots) values.set(name, ((await variable.data()) as Float32Array).slice());
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
    tf.dispose([...this.slots.values()]);
    this.slots.clear();
    this.steps.clear();
  }
}
