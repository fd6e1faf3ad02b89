import { batchesOf, epochOrder } from '../src/data/batches.ts';
import { prepare } from '../src/data/image/prepare.ts';
import { greatestDifference } from '../src/models/testing.ts';
import { labelTargets } from '../src/nn/classification.ts';
import { cacheFeatures } from '../src/nn/feature-cache.ts';
import type { FeatureCache } from '../src/nn/input.ts';
import type { Learner } from '../src/nn/learner.ts';
import { inputs } from '../src/tasks/image-classification/engine.ts';
import { CLOTHES, type Clothes, readClothes } from './lib/clothes.ts';
import type { Bench, Figure } from './lib/figure.ts';
import { imageProcessorOf, learnerOf, ON_NODE, readModel, sidesOf, startInNode } from './lib/shipped.ts';

const SIDE = 28;
const BATCH = 16;
const EPOCHS = 10;
const CASES = [
  { model: 'efficientnet-lite0', method: 'head', train: 300, held: 200 },
  { model: 'digits-cnn', method: 'last-n', train: 2000, held: 1000 },
] as const;
type Case = (typeof CASES)[number];

/** What a head makes of clothes that it was not trained on, its frozen output kept in single precision or in half. */
export const halfCache: Bench = {
  name: 'half-cache',
  async measure() {
    await startInNode();
    const clothes = readClothes();
    const figures: Figure[] = [];
    for (const one of CASES) figures.push(await figureOf(one, clothes));
    return figures;
  },
};

/** A picture as the model takes it, grey on every channel. */
function preparedOf(clothes: Clothes, id: number, to: { size: number; channels: number }): Uint8Array {
  const grey = clothes.pixels.subarray(id * SIDE * SIDE, (id + 1) * SIDE * SIDE);
  const data = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : grey[i >> 2]!));
  return prepare({ width: SIDE, height: SIDE, data }, { kind: 'image', size: to.size, channels: to.channels as 1 | 3 });
}

async function figureOf(one: Case, clothes: Clothes): Promise<Figure> {
  const model = await readModel(one.model);
  const sides = sidesOf(model);
  const count = one.train + one.held;
  const caches: FeatureCache[] = [];
  const made = learnerOf(model, CLOTHES, one.method);
  for (const half of [false, true]) {
    const batches = async function* () {
      for (const ids of batchesOf(
        Array.from({ length: count }, (_, id) => id),
        BATCH,
      ))
        yield {
          kind: 'arrays',
          batch: inputs(
            ids.map((id) => preparedOf(clothes, id, sides)),
            imageProcessorOf(model),
          ),
        } as const;
    };
    const openFile = () => Promise.reject(new Error('not on disk'));
    const { boundary } = made.learner;
    caches.push(
      await cacheFeatures(made.learner.network, { boundary, inputs: batches(), place: 'device', half, openFile }),
    );
  }
  const [single, half] = caches as [FeatureCache, FeatureCache];
  await trainOn(made.learner, single, clothes, one);
  const [exact, rounded] = [await heldOut(made.learner, single, one), await heldOut(made.learner, half, one)];
  const own = learnerOf(model, CLOTHES, one.method);
  await trainOn(own.learner, half, clothes, one);
  const trained = await heldOut(own.learner, half, one);
  for (const cache of caches) cache.dispose();
  for (const { learner } of [made, own]) learner.dispose();
  const answers = [exact, rounded, trained].map(answersOf);
  const changed = answers[0]!.filter((answer, i) => answer !== answers[1]![i]).length;
  const [accuracy, accuracyOfHalf] = [answers[0]!, answers[2]!].map((own) => accuracyOf(own, clothes, one));
  return {
    what: `answers to unseen pictures that change as the frozen output is rounded to half precision (${one.model}, ${one.method})`,
    target: { at: 'most', value: 1 },
    unit: '%',
    samples: [(100 * changed) / one.held],
    decides: 'worst',
    on: ON_NODE,
    details: [
      `${one.train} pictures of Fashion-MNIST, ${EPOCHS} epochs of batches of ${BATCH}; ${one.held} others are answered`,
      `${changed} of ${one.held} answers change; a logit by at most ${greatestDifference(exact, rounded).toExponential(1)}, where logits have a standard deviation of ${deviation(exact).toFixed(2)}`,
      `trained on the one or the other: ${accuracy!.toFixed(1)} % and ${accuracyOfHalf!.toFixed(1)} % right`,
      `${(single.bytes / 2 ** 20).toFixed(2)} and ${(half.bytes / 2 ** 20).toFixed(2)} MiB`,
    ],
  };
}

async function trainOn(learner: Learner, cache: FeatureCache, { labels }: Clothes, { train }: Case): Promise<void> {
  let step = 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++)
    for (const ids of batchesOf(
      Array.from({ length: train }, (_, id) => id),
      BATCH,
      epochOrder(train, 42, epoch),
    )) {
      const targets = labelTargets(
        ids.map((id) => labels[id]!),
        { classes: CLOTHES.length, smoothing: 0 },
      );
      const input = { kind: 'cached', cache, rows: Int32Array.from(ids) } as const;
      await learner.step([{ input, targets: targets.batch, count: targets.count }], {
        step: step++,
        learningRate: 1e-3,
        weightDecay: 0.01,
        momentum: 0.9,
      });
    }
}

const heldOut = ({ network }: Learner, cache: FeatureCache, { train, held }: Case): Promise<Float32Array> =>
  network.logits({ kind: 'cached', cache, rows: Int32Array.from({ length: held }, (_, i) => train + i) });

function answersOf(logits: Float32Array): number[] {
  const width = CLOTHES.length;
  return Array.from({ length: logits.length / width }, (_, row) => {
    const own = logits.subarray(row * width, (row + 1) * width);
    return own.indexOf(Math.max(...own));
  });
}

const accuracyOf = (answers: readonly number[], { labels }: Clothes, { train }: Case): number =>
  (100 * answers.filter((answer, i) => answer === labels[train + i]).length) / answers.length;

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
