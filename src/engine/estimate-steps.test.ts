import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import { CLASSES } from '../methods/testing.ts';
import { SHIPPED_MODELS } from '../models/metas.ts';
import { memoryBytes } from '../nn/memory.ts';
import { defaultsOf } from '../protocol/options.ts';
import { learnerOf } from './learner.ts';
import { atLength } from './lengths.ts';
import { memoryOf, VALIDATION_BATCH } from './memory.ts';
import { planRun } from './plan.ts';
import { taskMetaOf } from './tasks.ts';
import { studioWith } from './testing/texts.ts';
import { examplesOf } from './testing/tiny-learner.ts';
import { settings as settingsOf } from './testing.ts';

const TOKENS = 24;

/** Of the large models two that keep much and little, of the small ones all. */
const casesOf = (id: string): { method: MethodId; gradientCheckpointing: boolean }[] => [
  { method: 'full', gradientCheckpointing: false },
  { method: 'lora', gradientCheckpointing: true },
  ...(id === 'digits-cnn' || id === 'tiny-gpt'
    ? (['head', 'last-n', 'lora'] as const).map((method) => ({ method, gradientCheckpointing: false }))
    : []),
];

/** What is said of a step of each model, beside what one took. */
describe.each(SHIPPED_MODELS.map(({ id }) => id))('a step of %s', (id) => {
  const studio = studioWith(undefined);
  beforeAll(async () => {
    await studio.chooseBackend('wasm');
  });

  it.each(casesOf(id))(
    'with $method, $gradientCheckpointing',
    async ({ method, gradientCheckpointing }) => {
      const model = await studio.model({ kind: 'shipped', id });
      const { input, options } = taskMetaOf(model.config.architecture);
      const settings = settingsOf({
        model: model.summary.ref,
        method: { id: method, options: defaultsOf(METHOD_METAS[method].options) },
        task: { ...defaultsOf(options), maxLength: TOKENS },
        batchSize: input === 'image' ? 2 : 8,
        gradientCheckpointing,
      });
      const plan = planRun(model, CLASSES, settings);
      const sizes = { B: settings.batchSize, T: TOKENS };
      const told = memoryOf(atLength(plan, TOKENS), settings, {
        tokens: TOKENS,
        cached: false,
        cacheBytes: 0,
        interpreter: 'wasm',
      });
      const before = memoryBytes();
      const learner = learnerOf({ model, plan, settings });
      const examples = examplesOf(plan.architecture, 1, sizes, CLASSES.length);
      // an optimizer's slots are there from the second on
      for (let step = 0; step < 2; step++)
        await learner.step([examples], { step, learningRate: 1e-3, weightDecay: 0.01, momentum: 0.9 });
      const judged = examplesOf(
        plan.architecture,
        2,
        { ...sizes, B: Math.max(sizes.B, VALIDATION_BATCH) },
        CLASSES.length,
      );
      await learner.evaluate(judged.input, judged.targets);
      const took = learner.peakBytes - before;
      learner.dispose();
      const both = `${told.memoryBytes} estimated, ${took} taken`;
      expect(told.memoryBytes / took, both).toBeGreaterThan(0.85);
      expect(told.memoryBytes / took, both).toBeLessThan(1.15);
    },
    240_000,
  );
});
