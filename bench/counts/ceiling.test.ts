import { beforeAll, expect, it } from 'vitest';
import { above, type OurId, readCeilings } from './ceiling.ts';
import { OURS } from './contenders.ts';
import { startMeter } from './meter.ts';
import { MODEL_IDS, type ModelId } from './model-ids.ts';
import { nullGpu } from './null-device.ts';
import { countOurs } from './ours.ts';

// a step asks no more of a GPU than it did: `npm run bench -- --counts --keep` lowers, or raises, the ceilings
beforeAll(() => {
  nullGpu();
  startMeter();
});

const cases = MODEL_IDS.flatMap((model) => OURS.map((contender): [ModelId, OurId] => [model, contender]));

it.each(cases)('a step of %s, %s', { timeout: 120_000 }, async (model, contender) => {
  const counts = await countOurs(model, contender === 'ours' ? 'full' : contender);
  expect(counts.errors).toEqual([]);
  expect(above(counts, readCeilings()[model][contender])).toEqual([]);
});
