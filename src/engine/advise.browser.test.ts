import { expect, it } from 'vitest';
import { METHOD_METAS } from '../methods/metas.ts';
import { SHIPPED_MODELS } from '../models/metas.ts';
import { tensorCount } from '../nn/memory.ts';
import { adviseModels } from './advise.ts';
import { openSample } from './opening.ts';
import { Studio } from './studio.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

it('advises on every shipped model for the open digits, leaves nothing behind, and waits for no run', async () => {
  const tasks = new Set<string>();
  const studio = new Studio('/', (event) => {
    if (event.kind === 'progress') tasks.add(event.task);
  });
  await studio.chooseBackend('wasm');
  await expect(adviseModels(studio, settings())).rejects.toMatchObject({ problem: { code: 'no-dataset' } });
  await openSample(studio, 'digits');
  const before = tensorCount();
  const advice = await adviseModels(studio, settings({ epochs: 3 }));
  expect(tensorCount()).toBe(before);
  expect(tasks).toContain('weights');
  expect(advice.map(({ id }) => id)).toEqual(
    SHIPPED_MODELS.filter(({ input }) => input.kind === 'image').map(({ id }) => id),
  );
  const [photos, digits] = [advice[0]!, advice[1]!];
  expect([photos.doubts, digits.doubts]).toEqual([['upscaled'], []]);
  for (const { forwardMs, fit: found, costs } of advice) {
    const fit = found!;
    expect(forwardMs).toBeGreaterThan(0);
    expect(fit.examples).toBeGreaterThanOrEqual(24);
    // well above one in five
    expect([fit.low > 0.25, fit.low <= fit.accuracy, fit.accuracy <= fit.high]).toEqual([true, true, true]);
    // what puts something in front of a text, or asks a model that writes, fits no model of pictures
    expect(Object.keys(METHOD_METAS).filter((id) => !costs.some(({ method }) => method === id))).toEqual([
      'prefix',
      'soft-prompt',
      'prompt-design',
    ]);
    const cost = Object.fromEntries(costs.map(({ method, seconds }) => [method, seconds]));
    expect(cost.head).toBeGreaterThan(0);
    expect(cost.full).toBeGreaterThan(cost.head!);
  }
  expect(photos.forwardMs).toBeGreaterThan(10 * digits.forwardMs);
  const method = { id: 'full', options: {} };
  const training = startRun(studio, 'run', settings({ method, epochs: 50, batchSize: 32 }));
  while (!studio.active) await new Promise((resolve) => setTimeout(resolve, 10));
  await expect(adviseModels(studio, settings())).rejects.toMatchObject({ problem: { code: 'busy' } });
  studio.run('run').control.apply({ kind: 'stop-discard' });
  await training;
});
