import { batchesOf, byLength } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import { breathe } from '../lib/breathe.ts';
import { fitMeans, squaredDistances } from '../lib/nearest-mean.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { wilsonInterval } from '../lib/statistics.ts';
import type { Batch } from '../nn/batch.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import type { ArrayInput } from '../nn/input.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { ModelAdvice } from '../protocol/model.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { Speed } from './cost.ts';
import { arrayInput, sourceOf } from './examples.ts';
import { penultimate } from './features.ts';
import type { LoadedModel } from './model.ts';
import { planRun, startingValues } from './plan.ts';
import { taskOf } from './tasks.ts';
import { PREFIX_BATCH } from './views.ts';

/** Pictures that are looked at: as many as the time allows, between these bounds. */
const PICTURES = { least: 48, most: 200 };
const BUDGET_MS = 3000;
const STEPS = 5;

/**
 * Examples in the order in which they are looked at: from the training and the validation split in turn, and in each
 * from one class after the other, so that any beginning is nearly balanced.
 */
export function probeOrder({ ids, label, classes }: Pick<Dataset, 'ids' | 'label' | 'classes'>): number[] {
  const [train, validation] = (['train', 'validation'] as const).map((split) => {
    const all = ids(split);
    const rounds = classes.map((): number[] => []);
    for (const place of shuffled(all.length, seedOf(0, 0, `probe.${split}`)))
      rounds[label(all[place]!)]!.push(all[place]!);
    const longest = Math.max(0, ...rounds.map(({ length }) => length));
    return Array.from({ length: longest }, (_, round) => rounds.flatMap((own) => own[round] ?? [])).flat();
  }) as [number[], number[]];
  const pairs = Math.min(train.length, validation.length);
  return Array.from({ length: pairs }, (_, i) => [train[i]!, validation[i]!]).flat();
}

export interface ProbeOptions {
  model: LoadedModel;
  dataset: Dataset;
  settings: RunSettings;
  /** Called between batches; throws where the probe must end. */
  check(): void;
}

/**
 * Runs a model over some of the pictures: how fast it is here, and how well the nearest class mean in its features tells
 * validation pictures apart, with means of training pictures.
 */
export async function probe(o: ProbeOptions): Promise<Pick<ModelAdvice, 'forwardMs' | 'fit'> & { speed: Speed }> {
  const { model, dataset, settings } = o;
  const task = taskOf(model.config.architecture);
  const plan = planRun(model, dataset.classes, { method: { id: 'head', options: {} }, task: settings.task });
  const learner = new Learner({
    architecture: plan.architecture,
    values: startingValues(model, plan, settings.seed),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS[settings.optimizer],
    objective: task.objective,
    seed: settings.seed,
    batchStatistics: false,
    clipNorm: settings.clipNorm,
  });
  try {
    const source = sourceOf(dataset, model, settings.task);
    const order = probeOrder(dataset).slice(0, PICTURES.most);
    const seen = await look(o, learner, lookOrder(order, source), source.inputs);
    const first = order.slice(0, PREFIX_BATCH);
    const again = performance.now();
    const input = arrayInput(source, first, await source.inputs(first));
    const inputMs = (performance.now() - again) / first.length;
    const flops = plan.profile.stages.slice(0, -1).reduce((sum, stage) => sum + stage.flops, 0);
    const targets = (count: number) =>
      source.targets(
        Array.from({ length: count }, (_, i) => first[i % first.length]!),
        { classes: dataset.classes.length, smoothing: 0 },
      ).batch;
    const stepMs = await stepTime(learner, input, first.length, settings, targets);
    return {
      forwardMs: seen.forwardMs,
      fit: task.writing ? undefined : fitOf(dataset, order, seen),
      speed: { msPerFlop: seen.forwardMs / flops, inputMs, stepMs },
    };
  } finally {
    learner.dispose();
  }
}

/** The order in which a run would see them: of texts, like lengths together, within as many as are looked at in any case. */
function lookOrder(order: readonly number[], { length }: ExampleSource): readonly number[] {
  return length ? [...batchesOf(order, PICTURES.least)].flatMap((some) => byLength(some, length)) : order;
}

interface Seen {
  ids: readonly number[];
  width: number;
  data: Float32Array;
  forwardMs: number;
}

/** Features of the first pictures of `order`, and the time for one of them; the first batch warms up and is not timed. */
async function look(
  { check }: ProbeOptions,
  { network }: Learner,
  order: readonly number[],
  inputs: (ids: readonly number[]) => Promise<Batch>,
): Promise<Seen> {
  const started = performance.now();
  const parts: Float32Array[] = [];
  const times: number[] = [];
  let count = 0;
  let width = 0;
  for (const ids of batchesOf(order, PREFIX_BATCH)) {
    if (count >= PICTURES.least && performance.now() - started > BUDGET_MS) break;
    const input = { kind: 'arrays', batch: await inputs(ids) } as const;
    const before = performance.now();
    const features = await penultimate(network, input);
    // a batch that is not full is slower for its size
    if (ids.length === PREFIX_BATCH || times.length === 0) times.push((performance.now() - before) / ids.length);
    parts.push(features.data);
    width = features.width;
    count += ids.length;
    await breathe();
    check();
  }
  const data = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  const timed = times.length > 1 ? times.slice(1) : times;
  return {
    ids: order.slice(0, count),
    width,
    data,
    forwardMs: timed.toSorted((a, b) => a - b)[timed.length >> 1] ?? 0,
  };
}

/** Milliseconds of a step of the head alone, the prefix cached, with the settings' batch size. */
async function stepTime(
  learner: Learner,
  input: ArrayInput,
  rows: number,
  { batchSize, learningRate, weightDecay, momentum }: RunSettings,
  targets: (count: number) => Batch,
): Promise<number> {
  async function* once() {
    yield input;
  }
  const cache = await cacheFeatures(learner.network, {
    boundary: learner.boundary,
    inputs: once(),
    place: 'device',
    openFile: () => Promise.reject(new Error('the probe keeps its rows on the device')),
  });
  const times: number[] = [];
  for (let step = 0; step <= STEPS; step++) {
    const before = performance.now();
    const cached = { kind: 'cached', cache, rows: Int32Array.from({ length: batchSize }, (_, i) => i % rows) } as const;
    await learner.step([{ input: cached, targets: targets(batchSize), count: batchSize }], {
      step,
      learningRate,
      weightDecay,
      momentum,
    });
    if (step > 0) times.push(performance.now() - before);
    await breathe();
  }
  cache.dispose();
  return times.toSorted((a, b) => a - b)[STEPS >> 1]!;
}

/** Of pictures of `order`, that of `probeOrder`: those at even places train, the others are judged. */
function fitOf({ label, classes }: Dataset, order: readonly number[], { ids, width, data }: Seen): ModelAdvice['fit'] {
  const judges = new Set(order.filter((_, i) => i % 2 === 1));
  const half = (judged: boolean) => {
    const places = ids.map((_, i) => i).filter((i) => judges.has(ids[i]!) === judged);
    const rows = new Float32Array(places.length * width);
    places.forEach((place, i) => {
      rows.set(data.subarray(place * width, (place + 1) * width), i * width);
    });
    return { rows: { width, data: rows }, labels: places.map((place) => label(ids[place]!)) };
  };
  const [train, judged] = [half(false), half(true)];
  const means = fitMeans(train.rows, train.labels, classes.length);
  const distances = squaredDistances(means, judged.rows);
  const examples = judged.labels.length;
  const correct = judged.labels.filter((truth, i) => {
    const each = distances.subarray(i * classes.length, (i + 1) * classes.length);
    return each.indexOf(Math.min(...each)) === truth;
  }).length;
  return { accuracy: correct / examples, ...wilsonInterval(correct, examples), examples };
}
