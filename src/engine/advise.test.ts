import { describe, expect, it } from 'vitest';
import type { ImageInput, MethodPlan, StageSummary } from '../protocol/model.ts';
import { doubtsOf, isColourful, textDoubts } from './advise.ts';
import { secondsByMethod } from './cost.ts';
import { probeOrder } from './probe.ts';
import { settings } from './testing.ts';

const stages = [1e6, 2e6, 1e6].map((flops, i): StageSummary => {
  return { name: `s${i}`, flops, parameters: 0, trainable: 0, activationBytes: 0 };
});
const plan = (patch: Partial<MethodPlan>): MethodPlan => ({
  method: 'full',
  trainable: 1,
  total: 1,
  frozenStages: 0,
  memoryBytes: 5,
  gradientBytes: 0,
  optimizerBytes: 0,
  activationBytes: 0,
  stepFlops: 0,
  cacheBytes: 0,
  ...patch,
});

describe('estimated seconds', () => {
  const o = settings({ epochs: 3, batchSize: 10 });
  const examples = { train: 25, validation: 5 };
  const speed = { msPerFlop: 1e-6, inputMs: 0.5, stepMs: 2 };
  const secondsOf = (of: MethodPlan, patch = {}) =>
    secondsByMethod({ stages, plans: [of] }, { ...o, ...patch }, examples, speed)[0]!.seconds;

  it('without a cache: every step and every validation from the pictures on', () => {
    // 2.5 steps' worth of 120 Mflop three times, 4 validations of 5 pictures of 4 Mflop
    const flops = 3 * 2.5 * 120e6 + 4 * 5 * 4e6;
    const expected = flops * 1e-6 + (3 * 25 + 4 * 5) * 0.5 + 9 * 2;
    expect(secondsOf(plan({ stepFlops: 120e6 }))).toBeCloseTo(expected / 1000, 9);
  });

  it('with a cache: the prefix once, then what follows it', () => {
    const flops = 30 * 3e6 + 3 * 2.5 * 30e6 + 4 * 5 * 1e6;
    const expected = flops * 1e-6 + 30 * 0.5 + 9 * 2;
    const cached = plan({ frozenStages: 2, stepFlops: 30e6, cacheBytes: 1 });
    expect(secondsOf(cached)).toBeCloseTo(expected / 1000, 9);
    // two views of every training picture go through the prefix
    const augmentation = { ...o.augmentation, flipHorizontal: true, views: 2 };
    const more = (25 * 3e6 * 1e-6 + 25 * 0.5) / 1000;
    expect(secondsOf(cached, { augmentation })).toBeCloseTo(expected / 1000 + more, 9);
  });
});

describe('what is looked at', () => {
  const label = (id: number) => id % 3;
  const ids = { train: Array.from({ length: 40 }, (_, i) => i), validation: [90, 91, 92, 93, 94, 95, 98], test: [] };
  const order = probeOrder({ ids: (split) => ids[split], label, classes: ['a', 'b', 'c'] });

  it('comes from both splits in turn, and from one class after the other', () => {
    expect(order).toHaveLength(14);
    const [train, validation] = [0, 1].map((odd) => order.filter((_, i) => i % 2 === odd));
    expect(train!.every((id) => id < 40)).toBe(true);
    expect(validation!.toSorted()).toEqual(ids.validation);
    expect(train!.slice(0, 6).map(label)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(validation!.map(label)).toEqual([0, 1, 2, 0, 1, 2, 2]);
  });
});

describe('doubts', () => {
  const input = (size: number, channels: 1 | 3): ImageInput => ({ kind: 'image', size, channels });
  it.each([
    ['digits on the digit model', input(28, 1), 28, false, []],
    ['digits on the photo model', input(224, 3), 28, false, ['upscaled']],
    ['photos on the digit model', input(28, 1), 3000, true, ['colour', 'downscaled']],
    ['photos on the photo model', input(224, 3), 3000, true, []],
    ['grey photos on the digit model', input(28, 1), 480, false, ['downscaled']],
  ] as const)('%s', (_, model, side, colourful, doubts) => {
    expect(doubtsOf(model, { width: side + 50, height: side }, colourful)).toEqual(doubts);
  });

  it('grey pictures with the noise of a camera are not colourful', () => {
    const grey = Uint8Array.from({ length: 300 }, (_, i) => 120 + ((i * 7) % 5));
    expect(isColourful(grey)).toBe(false);
    expect(isColourful(grey.map((value, i) => (i % 3 === 0 && i < 90 ? 255 : value)))).toBe(true);
  });
});

it('doubts a model of texts that does not know the language or would not see their ends', () => {
  const fit = { examples: 100, median: 20, longest: 200, truncated: 20, longestIds: [], mean: 20 };
  expect(textDoubts({ ...fit, unknown: 0.05, single: 0.09 })).toEqual([]);
  expect(textDoubts({ ...fit, unknown: 0.4, single: 0.2 })).toEqual(['language']);
  expect(textDoubts({ ...fit, unknown: 0, single: 0, truncated: 21 })).toEqual(['truncated']);
});
