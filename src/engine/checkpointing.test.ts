import { beforeAll, describe, expect, it } from 'vitest';
import { anchorTerm } from '../nn/anchor-term.ts';
import { startBackend } from '../nn/backends/index.ts';
import { takePeak, tensorCount } from '../nn/memory.ts';
import { type TinyCase, tinyExamples, tinyLearner } from './testing/tiny-learner.ts';

const FULL = { id: 'full', options: {} };
const LORA = { id: 'lora', options: { rank: 4, alpha: 8, loraDropout: 0.1 } };
const LAST = { id: 'last-n', options: { stages: 3 } };

/**
 * Two batches a step, something that drops, and a term that pulls the weights back: all that a stage run twice may upset.
 * `share`: of the peak without, where there are stages enough to tell.
 */
const CASES: { title: string; one: TinyCase; pulled?: boolean; share?: number }[] = [
  { title: 'digits-cnn, full', one: { id: 'digits-cnn', method: FULL, dropout: 0.1 } },
  { title: 'digits-cnn, pulled back', one: { id: 'digits-cnn', method: FULL }, pulled: true },
  {
    title: 'efficientnet-lite by the statistics of the batch',
    one: { id: 'efficientnet-lite', method: FULL, batchStatistics: true },
  },
  { title: 'gpt2, full', one: { id: 'gpt2', method: FULL, dropout: 0.1 }, pulled: true, share: 0.85 },
  { title: 'gpt2, LoRA', one: { id: 'gpt2', method: LORA } },
  { title: 'bert, full', one: { id: 'bert', method: FULL, dropout: 0.1 }, share: 0.85 },
  { title: 'bert, the last stages', one: { id: 'bert', method: LAST } },
  { title: 'bert, LoRA', one: { id: 'bert', method: LORA }, pulled: true },
];

beforeAll(async () => {
  await startBackend('wasm');
});

describe('stages that run again on the way back', () => {
  it.each(CASES)('$title: losses and weights are the same to the bit', async ({ one, pulled, share }) => {
    const course = async (checkpointing: boolean) => {
      const before = tensorCount();
      const { learner, architecture } = tinyLearner({ ...one, checkpointing });
      if (pulled) learner.terms = [anchorTerm(0.1, learner.beginning)];
      const losses: number[] = [];
      let peak = 0;
      let held = 0;
      for (let step = 0; step < 3; step++) {
        takePeak();
        const batches = [2 * step, 2 * step + 1].map((seed) => tinyExamples(architecture, seed));
        const context = { step, learningRate: 0.01, weightDecay: 0.01, momentum: 0.9 };
        const { loss, correct, penalty = 0 } = await learner.step(batches, context);
        losses.push(loss, correct, penalty);
        peak = Math.max(peak, learner.peakBytes);
        held = tensorCount();
      }
      const { weights } = await learner.read();
      const statistics = await learner.network.weights.read(
        [...learner.network.profile.weights.keys()].filter((name) => name.includes('running')),
      );
      learner.dispose();
      expect(tensorCount()).toBe(before);
      return { losses, weights, statistics, peak, held };
    };
    const plain = await course(false);
    const again = await course(true);
    expect(plain.losses.every(Number.isFinite)).toBe(true);
    expect(again.losses).toEqual(plain.losses);
    expect(again.weights).toEqual(plain.weights);
    expect(again.statistics).toEqual(plain.statistics);
    expect(again.held).toBe(plain.held);
    if (share) expect(again.peak / plain.peak).toBeLessThan(share);
  });
});
