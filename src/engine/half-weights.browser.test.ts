import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { trainingBackend } from '../nn/kernels/backend.ts';
import { halfFormOf } from '../nn/kernels/half-weights.ts';
import { memoryBytes, tensorCount } from '../nn/memory.ts';
import { examplesOf, type TinyCase, tinyLearner } from './testing/tiny-learner.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const lora = { id: 'lora', options: { rank: 2, alpha: 4, loraDropout: 0.2 } };
const CASES: readonly TinyCase[] = [
  { id: 'bert', method: lora },
  { id: 'efficientnet-lite', method: { id: 'lora', options: { rank: 2 } } },
  { id: 'gpt2', method: { id: 'last-n', options: { stages: 2 } } },
  { id: 'digits-cnn', method: { id: 'head', options: {} } },
];

/** Bits of a run that learns, is judged and answers in between; what its weights take once it stands still. */
async function course(one: TinyCase, half: boolean) {
  const backend = trainingBackend()!;
  backend.halves = half ? halfFormOf(backend.device) : undefined;
  const before = memoryBytes();
  const { learner, architecture } = tinyLearner({ ...one, halves: true });
  const bits: number[] = [];
  for (let step = 0; step < 4; step++) {
    const batch = (seed: number) => examplesOf(architecture, seed, { B: 3, T: 8 }, 2);
    const { loss } = await learner.step([batch(step)], { learningRate: 0.01, weightDecay: 0, momentum: 0.9, step });
    const { loss: judged } = await learner.evaluate(batch(99).input, batch(99).targets);
    bits.push(loss, judged, ...(await learner.network.logits(batch(98).input)));
  }
  backend.flush();
  const bytes = memoryBytes() - before;
  const weights = await learner.network.weights.read(learner.network.profile.weights.keys());
  learner.dispose();
  return { bits, weights, bytes };
}

it.each(CASES)('a run whose frozen weights are halves comes to the same bits, in less memory: $id', async (one) => {
  const tensors = tensorCount();
  const wide = await course(one, false);
  const half = await course(one, true);
  expect(wide.bits.every(Number.isFinite)).toBe(true);
  expect(half.bits).toEqual(wide.bits);
  expect(half.weights).toEqual(wide.weights);
  expect(half.bytes).toBeLessThan(wide.bytes);
  expect(tensorCount()).toBe(tensors);
});
