/** A contender of `bench/wasm.bench.ts`: EfficientNet-Lite0 as it ships, every weight trained, on fewer pictures than a GPU gets. */
import type { BenchBatch, BenchCase } from '../../src/bench/cases.ts';
import { benchServer, type Make } from '../../src/bench/start.ts';
import { loadShipped } from '../../src/engine/model.ts';
import { planRun, startingValues } from '../../src/engine/plan.ts';
import { METHOD_METAS } from '../../src/methods/metas.ts';
import { labelTargets } from '../../src/nn/classification.ts';
import type { BenchRequest } from '../../src/protocol/bench.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { inputs } from '../../src/tasks/image-classification/engine.ts';
import { drawPictures } from '../lib/drawn.ts';
import { AGAINST_STOCK, CLASSES, ON_THREADS, type Who } from './sizes.ts';

const BATCHES = 4;

// the studio takes half of the logical cores: with two of them, what a second thread gains is what is to be measured
Object.defineProperty(navigator, 'hardwareConcurrency', { value: Math.max(4, navigator.hardwareConcurrency) });

/** The case of the same name with the weights that ship, so that steps are those of a fine-tuning. */
async function tuned(o: BenchCase, pictures: number): Promise<BenchCase> {
  const shipped = await loadShipped('efficientnet-lite0', new URL('/', self.location.href).href, () => {}, fetch);
  const model = { ...shipped, config: { ...shipped.config, dropout_rate: 0 } };
  const names = Array.from({ length: CLASSES }, (_, i) => String(i));
  const plan = planRun(model, names, {
    method: { id: 'full', options: defaultsOf(METHOD_METAS.full.options) },
    task: {},
  });
  if (model.processor.kind !== 'image') throw new Error('takes texts');
  const { config } = model.processor;
  const drawn = drawPictures(BATCHES * pictures, CLASSES, { size: config.size.height, channels: 3 });
  const batches = Array.from({ length: BATCHES }, (_, i): BenchBatch => {
    const labels = Int32Array.from({ length: pictures }, (_, n) => (i * pictures + n) % CLASSES);
    const { batch: targets } = labelTargets(labels, { classes: CLASSES, smoothing: 0 });
    return { inputs: inputs(drawn.slice(i * pictures, (i + 1) * pictures), config), targets, labels, count: pictures };
  });
  const { architecture } = plan;
  return {
    ...o,
    config: { ...o.config, ...model.config },
    architecture,
    values: startingValues(model, plan, 1),
    batches,
  };
}

const ours =
  (pictures: number): (() => Promise<Make>) =>
  async () => {
    const { ours: make } = await import('../../src/bench/ours.ts');
    return async (o, backend) => make(await tuned(o, pictures), backend);
  };

const contenders: Record<Who, () => Promise<Make>> = {
  [`ours-${ON_THREADS}`]: ours(ON_THREADS),
  [`ours-${AGAINST_STOCK}`]: ours(AGAINST_STOCK),
  [`stock-${AGAINST_STOCK}`]: async () => {
    const { stockLoop } = await import('../../src/bench/stock/loop.ts');
    return async (o, backend) => stockLoop(await tuned(o, AGAINST_STOCK), backend);
  },
};

const answer = benchServer(contenders);
self.onmessage = async ({ data }: MessageEvent<BenchRequest<Who>>) => {
  self.postMessage(await answer(data));
};
