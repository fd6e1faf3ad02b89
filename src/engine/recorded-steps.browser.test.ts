import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { trainingBackend } from '../nn/kernels/backend.ts';
import { halfFormOf } from '../nn/kernels/half-weights.ts';
import { examplesOf, type TinyCase, tinyLearner } from './testing/tiny-learner.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const full = { id: 'full', options: {} };
const lora = { id: 'lora', options: { rank: 2, alpha: 4, loraDropout: 0.2 } };
const CASES: readonly TinyCase[] = [
  { id: 'digits-cnn', method: full, dropout: 0.3 },
  { id: 'efficientnet-lite', method: full },
  { id: 'bert', method: lora },
  { id: 'bert', method: lora, halves: true },
  { id: 'efficientnet-lite', method: { id: 'lora', options: { rank: 2 } }, halves: true },
  { id: 'gpt2', method: full, dropout: 0.2 },
];
const STEPS = 7;

/**
 * Losses, all weights at the end, and how many dispatches the steps asked for; lengths of texts differ, and one step's
 * gradients are of two batches.
 */
async function course(one: TinyCase): Promise<{ losses: number[]; weights: number[]; asked: number }> {
  const dispatch = vi.spyOn(trainingBackend()!, 'dispatch');
  let asked = 0;
  const { learner, architecture, plan } = tinyLearner(one);
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const sizes = { B: 3, T: step % 3 === 2 ? 5 : 8 };
    const batch = (seed: number) => examplesOf(architecture, seed, sizes, 2);
    const context = { learningRate: 0.01, weightDecay: 0.1, momentum: 0.9, step };
    const before = dispatch.mock.calls.length;
    const { loss } = await learner.step(step === 4 ? [batch(4), batch(40)] : [batch(step)], context);
    asked += dispatch.mock.calls.length - before;
    losses.push(loss);
    // others draw from the same pool in between
    const { loss: validation } = await learner.evaluate(batch(99).input, batch(99).targets);
    losses.push(validation);
    if (step === 5) learner.write(await learner.read(), step + 1);
  }
  const values = await learner.network.weights.read(plan.trainable);
  learner.dispose();
  dispatch.mockRestore();
  return { losses, weights: [...values.values()].flatMap((each) => [...each]), asked };
}

describe('a step that is played again', () => {
  it.each(CASES)('comes to the same bits as one that is not: %o', async (one) => {
    const backend = trainingBackend()!;
    backend.halves = one.halves ? halfFormOf(backend.device) : undefined;
    const again = await course(one);
    // whoever listens to each dispatch has them all asked for
    backend.onDispatch = () => {};
    const ordinary = await course(one);
    backend.onDispatch = undefined;
    expect(ordinary.losses.every(Number.isFinite)).toBe(true);
    expect(again.losses).toEqual(ordinary.losses);
    expect(again.weights).toEqual(ordinary.weights);
    expect(again.asked).toBeLessThan(0.8 * ordinary.asked);
  });

  it('is played again for each of the batches that a step sums up', async () => {
    const dispatch = vi.spyOn(trainingBackend()!, 'dispatch');
    const { learner, architecture } = tinyLearner({ id: 'digits-cnn', method: full });
    const asked: number[] = [];
    for (let step = 0; step < 6; step++) {
      const batches = [1, 2, 3].map((seed) => examplesOf(architecture, seed, { B: 3, T: 1 }, 2));
      const before = dispatch.mock.calls.length;
      await learner.step(batches, { learningRate: 0.01, weightDecay: 0, momentum: 0, step });
      asked.push(dispatch.mock.calls.length - before);
    }
    dispatch.mockRestore();
    learner.dispose();
    // three sums and the optimizer
    expect(asked.at(-1)).toBe(4);
    expect(asked[0]).toBeGreaterThan(30);
  });
});
