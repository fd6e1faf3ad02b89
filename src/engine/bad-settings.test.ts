import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import { CLASSES, tinyModel } from '../methods/testing.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { defaultsOf, type OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import { planRun } from './plan.ts';
import { checkChange } from './steering.ts';
import { taskMetaOf } from './tasks.ts';
import { IDS, learner, runToEnd, settings } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const problemOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
};

describe('a method whose options cannot be is refused before anything runs', () => {
  const plan = (id: MethodId, options: OptionValues, architecture: 'bert' | 'gpt2' = 'bert') => {
    const task = defaultsOf(taskMetaOf(architecture).options);
    const method = { id, options: { ...defaultsOf(METHOD_METAS[id].options), ...options } };
    return () => planRun(tinyModel(architecture), architecture === 'gpt2' ? [] : CLASSES, { method, task });
  };

  it('a rank that is larger than the matrix, with the largest that fits', () => {
    expect(problemOf(plan('lora', { rank: 17 }))).toMatchObject({
      code: 'rank-too-large',
      values: { rank: 17, most: 16 },
    });
    expect(problemOf(plan('lora', { rank: 16 }))).toBeUndefined();
  });

  it.each(['lora', 'ia3'] as const)('%s on layers that are not there', (id) => {
    expect(problemOf(plan(id, { modules: ['nowhere'] }))?.code).toBe('modules-none');
  });

  it.each(['bert', 'gpt2'] as const)('a prompt that leaves no room in the context of %s', (architecture) => {
    // of 64 positions a text needs 8
    expect(problemOf(plan('soft-prompt', { tokens: 57 }, architecture))).toMatchObject({
      code: 'prompt-no-room',
      values: { tokens: 57, context: 64, left: 7, most: 56 },
    });
    expect(problemOf(plan('soft-prompt', { tokens: 56 }, architecture))).toBeUndefined();
  });

  it('nothing that trains, where the model keeps its head', () => {
    expect(problemOf(plan('chosen', { chosenStages: ['nowhere'] }, 'gpt2'))?.code).toBe('nothing-trains');
  });
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a learning rate of %d is refused', (learningRate) => {
  const task = defaultsOf(taskMetaOf('bert').options);
  const o = settings({ task, learningRate });
  const plan = planRun(tinyModel('bert'), CLASSES, o);
  expect(problemOf(() => checkChange({ learningRate }, { plan, settings: o }))?.code).toBe('rate-unfit');
});

it.each(['adamw', 'sgd', 'muon'] as const)(
  'one of 1e9 is found out at once, and its step said: %s',
  async (optimizer) => {
    const o = settings({ optimizer, learningRate: 1e9, epochs: 30, schedule: 'constant' });
    const net = learner(o);
    const run = runToEnd(o, net);
    await expect(run).rejects.toMatchObject({ problem: { code: 'diverged', values: { learningRate: 1e9 } } });
    await run.catch(({ problem }) => expect(problem.values.step).toBeLessThan(20));
    net.dispose();
  },
);

it('a warm-up longer than the run ends on its way up', async () => {
  const o = settings({ epochs: 2, warmupSteps: 100, learningRate: 1e-2 });
  const { points, status } = await runToEnd(o, learner(o));
  const rates = points.flatMap(({ learningRate }) => learningRate ?? []);
  expect(status).toMatchObject({ phase: 'done', step: 8 });
  expect(rates).toEqual(Array.from({ length: 8 }, (_, i) => expect.closeTo((1e-2 * (i + 1)) / 100, 9)));
});

it('an accumulated batch larger than the data is one step an epoch, over all examples', async () => {
  const several = settings({ epochs: 2, batchSize: 8, accumulate: 64, optimizer: 'sgd', learningRate: 0.1 });
  const whole = settings({ epochs: 2, batchSize: 64, accumulate: 1, optimizer: 'sgd', learningRate: 0.1 });
  const ended = async (o: typeof several) => {
    const net = learner(o);
    const { status, points } = await runToEnd(o, net);
    const { weights } = await net.read();
    net.dispose();
    return {
      status,
      weights,
      examples: points.filter(({ split }) => split === 'train').map(({ examples }) => examples),
    };
  };
  const [ours, theirs] = [await ended(several), await ended(whole)];
  expect(ours.status).toMatchObject({ stepsPerEpoch: 1, totalSteps: 2, step: 2, phase: 'done' });
  expect(ours.examples).toEqual([IDS.train.length, IDS.train.length]);
  for (const [name, data] of ours.weights)
    expect(greatestDifference(data, theirs.weights.get(name)!), name).toBeLessThan(1e-5);
});
