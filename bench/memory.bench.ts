import { labelTargets } from '../src/nn/classification.ts';
import { cacheFeatures } from '../src/nn/feature-cache.ts';
import type { Input } from '../src/nn/input.ts';
import type { Learner } from '../src/nn/learner.ts';
import { memoryBytes, tensorCount } from '../src/nn/memory.ts';
import { inputs } from '../src/tasks/image-classification/engine.ts';
import { drawPictures } from './lib/drawn.ts';
import type { Bench } from './lib/figure.ts';
import { imageProcessorOf, learnerOf, ON_NODE, readModel, sidesOf, startInNode } from './lib/shipped.ts';

const CLASSES = ['a', 'b', 'c', 'd', 'e'];
const BATCH = 16;
const [EARLY, LATE] = [2, 200];

interface Growth {
  what: string;
  tensors: readonly [number, number];
  bytes: readonly [number, number];
}

/** Whether a step leaves anything behind: tensors after 200 steps against those after 2. */
export const memory: Bench = {
  name: 'memory',
  async measure() {
    await startInNode();
    const all = [await digits(), await head()];
    return [
      {
        what: `tensors that ${LATE} steps leave over ${EARLY}`,
        target: { at: 'most', value: 0 },
        unit: 'tensors',
        samples: all.map(({ tensors: [early, late] }) => late - early),
        decides: 'worst',
        on: ON_NODE,
        details: all.map(
          ({ what, tensors, bytes }) =>
            `${what}: ${tensors[0]} tensors after ${EARLY} steps, ${tensors[1]} after ${LATE}; ${bytes[0]} and ${bytes[1]} bytes`,
        ),
      },
    ];
  },
};

async function digits(): Promise<Growth> {
  const model = await readModel('digits-cnn');
  const { learner } = learnerOf(model, CLASSES, 'full', { clipNorm: 1 });
  const pictures = drawPictures(BATCH, CLASSES.length, sidesOf(model));
  const input = { kind: 'arrays', batch: inputs(pictures, imageProcessorOf(model)) } as const;
  const growth = await grow('digits, everything trains, gradients clipped', learner, input);
  learner.dispose();
  return growth;
}

async function head(): Promise<Growth> {
  const model = await readModel('efficientnet-lite0');
  const { learner } = learnerOf(model, CLASSES, 'head');
  const batch = inputs(drawPictures(BATCH, CLASSES.length, sidesOf(model)), imageProcessorOf(model));
  const cache = await cacheFeatures(learner.network, {
    boundary: learner.boundary,
    inputs: (async function* () {
      yield { kind: 'arrays', batch } as const;
    })(),
    place: 'device',
    openFile: () => Promise.reject(new Error('The cache stays in memory.')),
  });
  const rows = Int32Array.from({ length: BATCH }, (_, i) => i);
  const growth = await grow('EfficientNet-Lite0, head on a cached prefix', learner, { kind: 'cached', cache, rows });
  cache.dispose();
  learner.dispose();
  return growth;
}

async function grow(what: string, learner: Learner, input: Input): Promise<Growth> {
  const labels = Array.from({ length: BATCH }, (_, i) => i % CLASSES.length);
  const targets = labelTargets(labels, { classes: CLASSES.length, smoothing: 0 }).batch;
  const seen: { tensors: number; bytes: number }[] = [];
  for (let step = 1; step <= LATE; step++) {
    await learner.step([{ input, targets, count: 1 }], { step, learningRate: 1e-3, weightDecay: 0.01, momentum: 0.9 });
    if (step === EARLY || step === LATE) seen.push({ tensors: tensorCount(), bytes: memoryBytes() });
  }
  const [early, late] = seen;
  return { what, tensors: [early!.tensors, late!.tensors], bytes: [early!.bytes, late!.bytes] };
}
