import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { NormTaker } from '../norms.ts';
import { OptimizerState } from '../optimizer-state.ts';
import { OPTIMIZERS } from '../optimizers/index.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { OPEN_ROW_WAYS, startIn } from './testing.ts';

let backend: TrainingBackend;

/** Odd sizes, one beyond a block, one of a single entry. */
const SHAPES: Record<string, number[]> = { kernel: [17, 31], bias: [5], one: [1], table: [3, 7], still: [4] };
const NAMES = Object.keys(SHAPES);
const of = (name: string) => ({
  spec: { shape: SHAPES[name]!, role: name === 'kernel' || name === 'table' ? name : 'bias', init: 'normal' } as const,
  head: false,
});
const rate = (name: string) => (name === 'table' ? 0.3 : 1);
const CONTEXT = { step: 0, learningRate: 0.01, weightDecay: 0.1, momentum: 0.9, l2: 0.02 };

/** An optimizer's state beside weights of its own. */
class Course {
  readonly weights: ReadonlyMap<string, tf.Variable> = new Map(
    NAMES.map((name, i) => [name, tf.tidy(() => tf.variable(tf.randomNormal(SHAPES[name]!, 0, 1, 'float32', i + 1)))]),
  );
  readonly state: OptimizerState;

  constructor(optimizer: Optimizer) {
    this.state = new OptimizerState(optimizer, of, rate);
  }

  weight = (name: string) => this.weights.get(name)!;

  /** Gradients of part `part`; what stands still has none, and the table joins at step 4. */
  gradients(step: number, part: number): Map<string, tf.Tensor | undefined> {
    const names = NAMES.filter((name) => name !== 'table' || step >= 4);
    const drawn = (name: string) =>
      tf.randomNormal(SHAPES[name]!, 0, 1, 'float32', 100 * step + 10 * part + SHAPES[name]![0]!);
    return new Map(names.map((name) => [name, name === 'still' ? undefined : drawn(name)]));
  }

  run(step: number, parts: number, clipNorm: number, taker?: NormTaker): void {
    this.state.arrange(step >= 4 ? NAMES : NAMES.filter((name) => name !== 'table'), this.weight);
    for (let part = 0; part < parts; part++)
      this.state.add(this.gradients(step, part), parts > 1 ? (part + 1) / 3 : undefined);
    this.state.step(this.weight, CONTEXT, clipNorm, taker);
    backend.settle();
  }

  async values(): Promise<Map<string, Float32Array>> {
    const slots = await this.state.read();
    for (const [name, variable] of this.weights)
      (slots as Map<string, Float32Array>).set(name, (await variable.data()) as Float32Array);
    return slots as Map<string, Float32Array>;
  }

  dispose(): void {
    this.state.dispose();
    tf.dispose([...this.weights.values()]);
  }
}

/** Greatest difference, by the greatest value of its tensor. */
function worst(found: ReadonlyMap<string, Float32Array>, wanted: ReadonlyMap<string, Float32Array>): number {
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  const gaps = [...wanted].map(([name, values]) => {
    const scale = Math.max(1e-3, ...values.map(Math.abs));
    return Math.max(...values.map((value, i) => Math.abs(found.get(name)![i]! - value))) / scale;
  });
  return Math.max(...gaps);
}

const composed = ({ inPlace: _, ...optimizer }: Optimizer): Optimizer => optimizer;

// threads that are alone sum these up as shared ones do
describe.each(OPEN_ROW_WAYS.filter((way) => way !== 'alone'))('an optimizer on arenas, %s', (way) => {
  beforeAll(async () => {
    await startIn(way);
    backend = trainingBackend()!;
  });
  afterAll(stopBackend);

  it.each(['adamw', 'sgd', 'rmsprop', 'lion'] as const)('%s goes the way of its rule', async (id) => {
    const [ours, theirs] = [new Course(OPTIMIZERS[id]), new Course(composed(OPTIMIZERS[id]))];
    for (let step = 0; step < 20; step++) {
      const [parts, clipNorm] = [step % 5 === 3 ? 2 : 1, step % 2 ? 1 : 0];
      ours.run(step, parts, clipNorm);
      theirs.run(step, parts, clipNorm);
    }
    expect(worst(await ours.values(), await theirs.values())).toBeLessThan(1e-6);
    ours.dispose();
    theirs.dispose();
  });

  it('takes one dispatch, two more with clipping, and measures as the rule does', async () => {
    const [ours, theirs] = [new Course(OPTIMIZERS.adamw), new Course(composed(OPTIMIZERS.adamw))];
    const kernels: string[] = [];
    ours.run(0, 1, 0);
    backend.onDispatch = (kernel) => kernels.push(kernel);
    ours.run(1, 1, 1);
    ours.run(2, 1, 0);
    backend.onDispatch = undefined;
    expect(kernels).toHaveLength(4);
    for (let step = 0; step < 3; step++) theirs.run(step, 1, step === 1 ? 1 : 0);
    const [norms, wanted] = await Promise.all(
      [ours, theirs].map((course) => {
        const taker = new NormTaker();
        course.run(3, 1, 1, taker);
        return taker.read();
      }),
    );
    expect(norms!.names).toEqual(wanted!.names);
    for (const of of ['gradient', 'update', 'weight'] as const)
      for (const [i, value] of wanted![of].entries()) expect(norms![of][i]! / value).toBeCloseTo(1, 4);
    ours.dispose();
    theirs.dispose();
  });

  it('changes no bit where it is measured', async () => {
    const [seen, unseen] = [new Course(OPTIMIZERS.adamw), new Course(OPTIMIZERS.adamw)];
    for (let step = 3; step < 6; step++) {
      const taker = new NormTaker();
      seen.run(step, 1, 1, taker);
      await taker.read();
      unseen.run(step, 1, 1);
    }
    expect(worst(await seen.values(), await unseen.values())).toBe(0);
    seen.dispose();
    unseen.dispose();
  });

  it('changes no bit when it is arranged anew, and gives back what it took', async () => {
    const before = tf.memory() as unknown as { numBytesInGPU: number };
    const course = new Course(OPTIMIZERS.adamw);
    for (let step = 4; step < 6; step++) course.run(step, 1, 0);
    const values = await course.values();
    course.state.arrange(['bias', 'kernel'], course.weight);
    expect(worst(await course.values(), values)).toBe(0);
    course.state.arrange(NAMES, course.weight);
    expect(worst(await course.values(), values)).toBe(0);
    course.dispose();
    expect((tf.memory() as unknown as typeof before).numBytesInGPU).toBe(before.numBytesInGPU);
  });
});
