import { batchesOf, epochOrder } from '../src/data/batches.ts';
import type { LoadedModel } from '../src/engine/model.ts';
import { greatestDifference } from '../src/models/testing.ts';
import { labelTargets } from '../src/nn/classification.ts';
import { cacheFeatures } from '../src/nn/feature-cache.ts';
import type { FeatureCache } from '../src/nn/input.ts';
import type { WeightValues } from '../src/nn/weights.ts';
import { inputs } from '../src/tasks/image-classification/engine.ts';
import { drawPictures } from './lib/drawn.ts';
import { type Bench, type Figure, withSpread } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { imageProcessorOf, learnerOf, ON_NODE, readModel, sidesOf, startInNode } from './lib/shipped.ts';

const CLASSES = ['a', 'b', 'c'];
const PICTURES = 200;
const BATCH = 16;
const MILESTONES = [5, 20];
const TARGETS: Record<number, number> = { 5: 4, 20: 12 };

interface Trained {
  /** Of every step. */
  losses: number[];
  /** Processor seconds from the start, the cache's making included, to the end of each epoch. */
  ends: number[];
  /** The same by the clock. */
  clock: number[];
  cacheSeconds: number;
  /** After each milestone. */
  weights: WeightValues[];
}

/** A head trained on the kept output of its frozen prefix, against the prefix recomputed at each step. */
export const prefix: Bench = {
  name: 'prefix',
  async measure(rounds = 3) {
    await startInNode();
    const model = await readModel('efficientnet-lite0');
    const { size, channels } = sidesOf(model);
    const pictures = drawPictures(PICTURES, CLASSES.length, { size, channels });
    const runs: { cached: Trained; recomputed: Trained }[] = [];
    await trainHead(model, pictures, true, 1);
    for (let round = 0; round < rounds; round++) {
      // the long way once only: it takes minutes
      const epochs = round < rounds - 1 ? MILESTONES[0]! : MILESTONES.at(-1)!;
      const cached = await trainHead(model, pictures, true, epochs);
      const recomputed = await trainHead(model, pictures, false, epochs);
      checkSame(cached, recomputed);
      runs.push({ cached, recomputed });
    }
    return MILESTONES.map((epochs, i) =>
      figureOf(
        epochs,
        i,
        runs.filter(({ cached }) => cached.ends.length >= epochs),
        size,
      ),
    );
  },
};

function figureOf(
  epochs: number,
  milestone: number,
  runs: readonly { cached: Trained; recomputed: Trained }[],
  size: number,
): Figure {
  const end = (run: Trained) => run.ends[epochs - 1]!;
  const epoch = (run: Trained) => (end(run) - run.cacheSeconds) / epochs;
  const difference = (a: Trained, b: Trained) => Math.max(...differences(a.weights[milestone]!, b.weights[milestone]!));
  const clock = (run: Trained) => run.clock[epochs - 1]!;
  const loss = runs.map(({ cached, recomputed }) => greatestDifference(cached.losses, recomputed.losses));
  return {
    what: `head on a cached prefix against recomputing it: ${epochs} epochs of ${PICTURES} pictures (EfficientNet-Lite0, ${size} px, batch ${BATCH}), the making of the cache included`,
    target: { at: 'least', value: TARGETS[epochs]! },
    unit: 'x',
    samples: runs.map(({ cached, recomputed }) => end(recomputed) / end(cached)),
    decides: 'median',
    on: `${ON_NODE}, in processor time`,
    details: [
      `recomputed: ${withSpread(
        runs.map(({ recomputed }) => end(recomputed)),
        's',
      )}, an epoch ${withSpread(
        runs.map(({ recomputed }) => epoch(recomputed)),
        's',
      )}`,
      `cached: ${withSpread(
        runs.map(({ cached }) => end(cached)),
        's',
      )}, of it the cache ${withSpread(
        runs.map(({ cached }) => cached.cacheSeconds),
        's',
      )} and an epoch ${withSpread(
        runs.map(({ cached }) => 1000 * epoch(cached)),
        'ms',
      )}`,
      `by the clock: recomputed ${withSpread(
        runs.map(({ recomputed }) => clock(recomputed)),
        's',
      )}, cached ${withSpread(
        runs.map(({ cached }) => clock(cached)),
        's',
      )}`,
      `greatest difference of a loss ${Math.max(...loss).toExponential(1)}, of a weight at the end ${Math.max(...runs.map(({ cached, recomputed }) => difference(cached, recomputed))).toExponential(1)}; both normalise by the running statistics`,
    ],
  };
}

const differences = (a: WeightValues, b: WeightValues): number[] =>
  [...a].map(([name, values]) => greatestDifference(values, b.get(name)!));

function checkSame(a: Trained, b: Trained): void {
  if (!(greatestDifference(a.losses, b.losses) < 1e-4)) throw new Error('With and without a cache the losses differ.');
  for (const [i, weights] of a.weights.entries())
    if (!(Math.max(...differences(weights, b.weights[i]!)) < 1e-4))
      throw new Error('With and without a cache the weights differ.');
}

async function trainHead(
  model: LoadedModel,
  pictures: readonly Uint8Array[],
  cached: boolean,
  epochs: number,
): Promise<Trained> {
  const { learner } = learnerOf(model, CLASSES, 'head');
  const ids = pictures.map((_, id) => id);
  const batch = (rows: readonly number[]) =>
    inputs(
      rows.map((id) => pictures[id]!),
      imageProcessorOf(model),
    );
  const trained: Trained = { losses: [], ends: [], clock: [], cacheSeconds: 0, weights: [] };
  const [start, startedAt] = [processorMs(), performance.now()];
  const seconds = () => (processorMs() - start) / 1000;
  let cache: FeatureCache | undefined;
  if (cached) {
    const arrays = async function* () {
      for (const rows of batchesOf(ids, 16)) yield { kind: 'arrays', batch: batch(rows) } as const;
    };
    const openFile = () => Promise.reject(new Error('The cache stays in memory.'));
    cache = await cacheFeatures(learner.network, {
      boundary: learner.boundary,
      inputs: arrays(),
      place: 'device',
      openFile,
    });
    trained.cacheSeconds = seconds();
  }
  let step = 0;
  let paused = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const rows of batchesOf(ids, BATCH, epochOrder(ids.length, 42, epoch))) {
      const input = cache
        ? ({ kind: 'cached', cache, rows: Int32Array.from(rows) } as const)
        : ({ kind: 'arrays', batch: batch(rows) } as const);
      const { batch: targets } = labelTargets(
        rows.map((id) => id % CLASSES.length),
        { classes: CLASSES.length, smoothing: 0 },
      );
      const context = { step: step++, learningRate: 3e-3, weightDecay: 0.01, momentum: 0.9 };
      trained.losses.push((await learner.step([{ input, targets, count: 1 }], context)).loss);
    }
    trained.ends.push(seconds() - paused);
    trained.clock.push((performance.now() - startedAt) / 1000);
    if (!MILESTONES.includes(epoch)) continue;
    const reading = seconds();
    trained.weights.push((await learner.read()).weights);
    paused += seconds() - reading;
  }
  cache?.dispose();
  learner.dispose();
  return trained;
}
