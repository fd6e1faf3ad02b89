import { expect, it } from 'vitest';
import { CLASSES } from '../methods/testing.ts';
import { halfWeights } from './memory.ts';
import { summarisePlans } from './plan-summary.ts';
import { studioWith } from './testing/texts.ts';
import { settings } from './testing.ts';

const studio = studioWith(undefined);
const load = (id: string) => studio.model({ kind: 'shipped', id });

it.each([
  ['minilm-l6', 1],
  ['efficientnet-lite0', 1],
  ['digits-cnn', 1],
  ['tiny-gpt', 0],
])('of the matrices of %s, %i of 1 are halves: the site ships it so', async (id, share) => {
  const { file } = await load(id);
  const matrices = [...file].filter(([, { shape }]) => shape.length > 1);
  expect(halfWeights(file).size / matrices.length).toBe(share);
});

it('a plan of a device that keeps them counts half of the frozen ones, and the moving ones whole', async () => {
  const model = await load('digits-cnn');
  const plans = (halves: boolean) => {
    const device = { interpreter: 'webgpu', roomBytes: Number.POSITIVE_INFINITY, halves } as const;
    const examples = { train: 40, validation: 10 };
    return summarisePlans(model, CLASSES, settings(), examples, undefined, device).plans;
  };
  const [wide, half] = [plans(false), plans(true)];
  const less = (id: string) => {
    const [whole, halved] = [wide, half].map((all) => all.find(({ method }) => method === id)!.memoryBytes);
    return whole! - halved!;
  };
  expect(less('full')).toBe(0);
  expect(less('head')).toBeGreaterThan(0);
});
