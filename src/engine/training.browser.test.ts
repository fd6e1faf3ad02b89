import { beforeAll, expect, it } from 'vitest';
import type { RunStatus } from '../protocol/run.ts';
import { openSample } from './opening.ts';
import { Studio } from './studio.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

const told: RunStatus[] = [];
const studio = new Studio('/', (event) => {
  if (event.kind === 'run-status') told.push(event.status);
});

beforeAll(async () => {
  await studio.chooseBackend('wasm');
  await openSample(studio, 'digits');
});

it('a run on few examples in augmented views prepares and keeps what its plan says', async () => {
  const few = settings({
    method: { id: 'head', options: {} },
    epochs: 5,
    fewShot: { examplesPerClass: 4, draw: 1, share: 1 },
    augmentation: { ...settings().augmentation, crop: 0.3, rotate: 10, mixup: 0.2, views: 3 },
  });
  const dataset = studio.needDataset();
  const validation = dataset.ids('validation');
  const plan = (await studio.plan(few)).plans.find(({ method }) => method === 'head');
  const status = await startRun(studio, 'few', few);
  expect(status).toMatchObject({ phase: 'done', step: 15, stepsPerEpoch: 3 }); // 20 examples in batches of 8
  const rows = 3 * 20 + validation.length;
  expect(status.prepared).toEqual({ done: rows, total: rows });
  expect(told.map(({ prepared }) => prepared.total).filter((total) => total !== 0 && total !== rows)).toEqual([]);
  expect(status.cache.bytes).toBe(plan!.cacheBytes);

  const { ids } = studio.run('few').data!;
  const counts = dataset.classes.map((_, label) => ids.train.filter((id) => dataset.label(id) === label).length);
  expect(counts).toEqual([4, 4, 4, 4, 4]);
  expect(ids.validation).toEqual(validation);
  expect(ids.test).toEqual(dataset.ids('test'));
  expect(ids.train.every((id) => dataset.ids('train').includes(id))).toBe(true);
});
