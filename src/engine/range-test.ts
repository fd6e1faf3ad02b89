import { batchesOf, epochOrder } from '../data/batches.ts';
import { fewShot } from '../data/few-shot.ts';
import { breathe } from '../lib/breathe.ts';
import { RANGE, RangeCurve, rangeRate } from '../lib/range-test.ts';
import type { Augmentation } from '../protocol/augmentation.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RangeTest, RunSettings } from '../protocol/run.ts';
import { AUGMENTATION_OPTIONS } from '../protocol/settings.ts';
import { bucketsOf, makeReady, needFit, sourceOf } from './examples.ts';
import { Feed } from './feed.ts';
import { learnerOf } from './learner.ts';
import { planRun } from './plan.ts';
import { cachePrefix } from './prefix.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';

/** Batches that the steps go through again and again: so many that none is known by heart at once. */
const BATCHES = 12;

/** Tests under way, and whether the page wants no more of them. */
const testing = new WeakMap<Studio, { stopped: boolean }>();

/**
 * Losses of steps at learning rates that rise from step to step, on weights that are thrown away (Smith 2017, section
 * 3.3). Training pictures as they are, in one order drawn from the seed. Throws `busy` while a run is under way, or once
 * one begins, and what starting a run throws.
 */
export async function rangeTest(studio: Studio, asked: RunSettings): Promise<RangeTest> {
  if (studio.active || testing.has(studio)) throw new ProblemError('busy');
  const state = { stopped: false };
  testing.set(studio, state);
  try {
    return await test(studio, asked, state);
  } finally {
    testing.delete(studio);
  }
}

/** The test under way ends with what it has. */
export function stopRangeTest(studio: Studio): void {
  const state = testing.get(studio);
  if (state) state.stopped = true;
}

async function test(studio: Studio, asked: RunSettings, state: { readonly stopped: boolean }): Promise<RangeTest> {
  const dataset = studio.needDataset();
  const model = await studio.model(asked.model);
  const backend = await studio.backend();
  needFit(dataset, model);
  const { writing } = taskOf(model.config.architecture);
  const task = writing ? writing.settle(dataset, asked.task) : asked.task;
  const plain = defaultsOf(AUGMENTATION_OPTIONS) as unknown as Augmentation;
  const settings = { ...asked, task, augmentation: plain };
  const plan = planRun(model, dataset.classes, settings);
  if (plan.trainable.size === 0) throw new ProblemError('nothing-trains', { method: settings.method.id });
  const all = fewShot(dataset, settings);
  if (all.length === 0) throw new ProblemError('split-too-small', { split: 'train', class: '', count: 0 });
  const order = epochOrder(all.length, settings.seed, 1);
  const train = Array.from(order.subarray(0, BATCHES * settings.batchSize), (place) => all[place]!);
  const ids = { train, validation: [] };

  const progress = studio.progress('range-test', 'items');
  let alive = true;
  /** Half of the progress is the frozen prefix. */
  const go = async (share: number) => {
    progress(Math.round(share * RANGE.steps), 2 * RANGE.steps);
    alive = (await studio.backend()) === backend;
    if (!alive || studio.active) throw new ProblemError('busy');
  };
  await go(0);
  const source = sourceOf(dataset, model, settings.task);
  await makeReady(studio, source, train, () => {
    if (studio.active) throw new ProblemError('busy');
  });
  const learner = learnerOf({ model, plan, settings });
  try {
    const onProgress = (done: number, total: number) => go(done / total);
    const cache =
      plan.boundary > 0
        ? await cachePrefix({ network: learner.network, plan, source, ids, settings, backend, onProgress })
        : undefined;
    try {
      const feed = new Feed({ source, classes: dataset.classes.length, ids, cache, settings });
      const { weightDecay, momentum } = settings;
      const curve = new RangeCurve();
      for (let step = 0, epoch = 1; step < RANGE.steps; epoch++) {
        const buckets = bucketsOf(source, train, settings.batchSize);
        let first = 0;
        for (const batch of batchesOf(
          train,
          settings.batchSize,
          epochOrder(train.length, settings.seed, epoch, buckets),
        )) {
          if (step === RANGE.steps || state.stopped) return curve.result;
          const learningRate = rangeRate(step);
          const fed = await feed.training(batch, epoch, first);
          const { loss } = await learner.step([fed], { step, learningRate, weightDecay, momentum });
          if (!curve.add(learningRate, loss)) return curve.result;
          first += batch.length;
          step++;
          await go(1 + step / RANGE.steps);
          await breathe();
        }
      }
      return curve.result;
    } finally {
      if (alive) cache?.dispose();
    }
  } finally {
    if (alive) learner.dispose();
  }
}
