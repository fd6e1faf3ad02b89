import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learner, runToEnd, settings, source } from '../engine/testing.ts';
import type { TrainingJob } from '../engine/training-job.ts';
import { uniform } from '../lib/random.ts';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { tensorCount } from '../nn/memory.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings, StepMetrics } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { diagnose } from './diagnose.ts';
import type { Curve, RunFacts } from './facts.ts';

/** Short runs of the engine itself, with settings that spoil them in one way each. */

const CLASSES = ['above', 'below', 'left'];
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
const SPLITS = { train: range(0, 90), validation: range(1000, 150), test: range(2000, 60) };
/** The rate at which this network learns well. */
const USUAL = 1e-2;

const pictures = source;
/** The same pictures under so much noise that a few of them say little of the others. */
const noisy: ExampleSource = {
  ...source,
  inputs: async (ids) => {
    const { pixels } = await source.inputs(ids);
    const { data, shape } = pixels!;
    const each = data.length / ids.length;
    const grain = ids.map((id) => uniform(id + 50_000));
    const noise = (i: number) => 7 * (grain[Math.floor(i / each)]!() - 0.5);
    return { pixels: { dtype: 'float32', shape, data: Float32Array.from(data, (value, i) => value + noise(i)) } };
  },
};

const curveOf = (points: readonly StepMetrics[], split: StepMetrics['split']): Curve => {
  const own = points.filter((point) => point.split === split);
  const column = (name: keyof Curve) => own.map((point) => point[name] ?? Number.NaN);
  return {
    step: column('step'),
    epoch: column('epoch'),
    loss: column('loss'),
    accuracy: column('accuracy'),
    examples: column('examples'),
    learningRate: column('learningRate'),
  };
};

async function record(
  patch: Partial<RunSettings>,
  job: Partial<TrainingJob> = {},
  learns?: (name: string) => boolean,
): Promise<RunFacts> {
  const o = settings({ epochs: 12, batchSize: 30, learningRate: USUAL, seed: 1, ...patch });
  const net = learner(o, learns);
  const ids = job.ids ?? SPLITS;
  const label = (job.source ?? pictures).label;
  const points: StepMetrics[] = [];
  const status = await runToEnd(o, net, { ids, source: pictures, ...job }, (event) => {
    if (event.kind === 'metrics') points.push(event.point);
  }).then(
    (course) => course.status,
    (error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
      return { phase: 'failed', finish: 'failed', problem: error.problem } as never;
    },
  );
  net.dispose();
  const count = (split: readonly number[], i: number) => split.filter((id) => label(id) === i).length;
  return {
    settings: o,
    input: 'image',
    output: 'class',
    alters: true,
    status,
    train: curveOf(points, 'train'),
    validation: curveOf(points, 'validation'),
    classes: CLASSES.length,
    counts: CLASSES.map((name, i) => ({
      name,
      counts: { train: count(ids.train, i), validation: count(ids.validation, i), test: 20 },
    })),
    usualRate: USUAL,
  };
}

const advise = async (
  patch: Partial<RunSettings>,
  job: Partial<TrainingJob> = {},
  learns?: (name: string) => boolean,
) => {
  return diagnose(await record(patch, job, learns));
};

let before = 0;
beforeAll(async () => {
  await startBackend('wasm');
  // the first step makes what the backend keeps
  await record({ epochs: 1 });
  before = tensorCount();
});
afterAll(() => {
  expect(tensorCount()).toBe(before);
});

describe('what comes first for a real run', { timeout: 60_000 }, () => {
  test('that went well: nothing to mend', async () => {
    const found = await advise({ epochs: 16 });
    expect(found.filter(({ severity }) => severity === 'mend')).toEqual([]);
    expect(found.map(({ code }) => code)).toContain('try-augmentation');
  });

  test.each(['sgd', 'adamw'] as const)('at a rate of 1: %s', async (optimizer) => {
    expect((await advise({ learningRate: 1, optimizer }))[0]).toMatchObject({ code: 'rate-too-high' });
  });

  test('at a rate beyond all bounds', async () => {
    const [first] = await advise({ learningRate: 1e30, optimizer: 'sgd', schedule: 'constant' });
    expect(first).toMatchObject({ code: 'rate-too-high', because: 'diverged' });
  });

  test('at a rate of 1e-6', async () => {
    const [first] = await advise({ learningRate: 1e-6 });
    expect(first).toMatchObject({ code: 'rate-too-low', because: 'still', setUp: { learningRate: USUAL } });
  });

  test('that was far too short', async () => {
    expect((await advise({ epochs: 4 }))[0]).toMatchObject({ code: 'ran-out' });
  });

  test('on four examples of each class', async () => {
    const ids = { ...SPLITS, train: range(0, 12) };
    const [enough] = await advise({ epochs: 20 }, { ids });
    expect(enough).toMatchObject({ code: 'few-examples', severity: 'note' });
    const [first] = await advise({ epochs: 40 }, { ids, source: noisy });
    expect(first).toMatchObject({ code: 'few-examples', severity: 'mend', values: { count: 4 } });
  });

  test('that learned its pictures by heart', async () => {
    const ids = { ...SPLITS, train: range(0, 36) };
    const [first] = await advise({ epochs: 40 }, { ids, source: noisy });
    expect(first).toMatchObject({ code: 'overfitting' });
  });

  test('on shuffled labels', async () => {
    const label = (id: number) => Math.floor(3 * uniform(id + 77)());
    const targets: ExampleSource['targets'] = (ids, o) => labelTargets(ids.map(label), o);
    const shuffled = { ...pictures, label, targets };
    const [first] = await advise({ epochs: 100 }, { source: shuffled });
    expect(first).toMatchObject({ code: 'dirty-labels', because: 'memorised' });
  });

  test('that may move too little of the network', async () => {
    const [first] = await advise({ epochs: 60 }, {}, (name) => name.endsWith('bias'));
    expect(first).toMatchObject({ code: 'underfitting' });
  });
});
