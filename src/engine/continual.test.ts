import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import type { RunMatrix } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { matrixWatcher, sequenceOf, withoutStopping } from './continual.ts';
import { figures, IDS, learner, runToEnd, settings, source } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const CLASSES = ['above', 'below', 'left'];
const view = { classes: CLASSES, label: (id: number) => id % 3 };
const { cures } = defaultSettings();
const two = settings({ tasks: 2, epochs: 20, learningRate: 1e-2, schedule: 'constant' });

describe('a sequence of tasks', () => {
  it('divides classes in order and epochs among them; only the task’s examples are learned', () => {
    const sequence = sequenceOf(view, IDS, settings({ tasks: 2, epochs: 3 }))!;
    expect(sequence.tasks.map(({ classes }) => classes)).toEqual([['above', 'below'], ['left']]);
    expect(sequence.last).toEqual([2, 3]);
    expect(sequence.size).toBe(20);
    expect(sequence.tasks[1]!.validation.every((id) => id % 3 === 2)).toBe(true);
    const learned = [1, 2, 3].map((epoch) => sequence.learned(epoch));
    expect(learned.map(({ length }) => length)).toEqual([20, 20, 20]);
    expect(new Set(learned[0]!.map((id) => id % 3))).toEqual(new Set([0, 1]));
    expect(new Set(learned[0]).size).toBe(20);
    // the smaller task has each of its ten examples twice
    expect(new Set(learned[2]!.map((id) => id % 3))).toEqual(new Set([2]));
    expect(new Set(learned[2]).size).toBe(10);
  });

  it('with replay has that share of earlier tasks’ examples, drawn from the seed', () => {
    const o = settings({ tasks: 3, epochs: 3, cures: { ...cures, replay: 0.4 } });
    const sequence = sequenceOf(view, IDS, o)!;
    const earlier = (epoch: number, task: number) => sequence.learned(epoch).filter((id) => id % 3 < task).length;
    expect([earlier(1, 0), earlier(2, 1), earlier(3, 2)]).toEqual([0, 4, 4]);
    expect(sequenceOf(view, IDS, o)!.learned(3)).toEqual(sequence.learned(3));
    expect(sequenceOf(view, IDS, { ...o, seed: 1 })!.learned(3)).not.toEqual(sequence.learned(3));
  });

  it('is refused where there are fewer classes or epochs than tasks; one task is none', () => {
    expect(sequenceOf(view, IDS, settings({ tasks: 1 }))).toBeUndefined();
    const refused = expect.objectContaining({ problem: expect.objectContaining({ code: 'tasks-unfit' }) });
    expect(() => sequenceOf(view, IDS, settings({ tasks: 4, epochs: 9 }))).toThrow(refused);
    expect(() => sequenceOf(view, IDS, settings({ tasks: 3, epochs: 2 }))).toThrow(refused);
  });

  it('has no early stopping', () => {
    const earlyStopping = { ...two.earlyStopping, enabled: true, restoreBest: true };
    expect(withoutStopping({ ...two, earlyStopping }).earlyStopping).toMatchObject({
      enabled: false,
      restoreBest: false,
    });
    expect(withoutStopping({ tasks: 1, earlyStopping }).earlyStopping).toBe(earlyStopping);
  });
});

describe('learning one task after the other', { timeout: 60_000 }, () => {
  /** With what the run had before, where it goes on. */
  const learn = async (before?: RunMatrix, patch: Parameters<typeof runToEnd>[2] = {}) => {
    const net = learner(two);
    const sequence = sequenceOf(view, IDS, two)!;
    const matrices: RunMatrix[] = [];
    const watch = matrixWatcher(sequence, { learner: net, source, classes: 3, batchSize: 8 }, before);
    const course = await runToEnd(two, net, { learned: sequence.learned, watchers: [watch], ...patch }, (event) => {
      if (event.kind === 'matrix') matrices.push(event.matrix);
    });
    const { weights } = await net.read();
    net.dispose();
    return { matrices, matrix: matrices.at(-1)!, course, weights };
  };

  it('gives a row after each task: each is learned, and the one before it is forgotten', async () => {
    const { matrices, matrix, course } = await learn();
    expect(matrices.map(({ rows }) => rows.length)).toEqual([1, 2]);
    expect(matrix.tasks).toEqual([['above', 'below'], ['left']]);
    expect(matrix.examples).toEqual([8, 4]);
    // twenty examples an epoch in batches of eight
    expect(course.status).toMatchObject({ stepsPerEpoch: 3, totalSteps: 60 });
    expect(matrix.rows.map(({ step }) => step)).toEqual([30, 60]);
    const [first, second] = matrix.rows.map(({ accuracy }) => accuracy);
    expect(first![0]).toBeGreaterThan(0.7);
    expect(first![1]).toBe(0);
    expect(second![1]).toBe(1);
    expect(second![0]).toBeLessThan(first![0]! - 0.3);
  });

  it('goes on from a checkpoint as if nothing had happened', async () => {
    const whole = await learn();
    const half = await learn(undefined, { until: 12 });
    expect(half.matrix.rows).toHaveLength(1);
    const from = { last: half.course.last!, best: half.course.best };
    const rest = await learn(half.matrix, { from });
    expect(rest.matrix).toEqual(whole.matrix);
    expect(rest.weights).toEqual(whole.weights);
    const after = figures(whole.course.points).filter(({ step }) => step > half.course.last!.step);
    expect(figures(rest.course.points)).toEqual(after);
  });
});
