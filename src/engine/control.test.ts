import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import type { Learner } from '../nn/learner.ts';
import type { RunControl } from '../protocol/control.ts';
import { inForce, marksUpTo } from '../protocol/marks.ts';
import type { RunSettings } from '../protocol/run.ts';
import { Control } from './control.ts';
import { type Course, figures, learner, prefixOf, runToEnd, settings } from './testing.ts';
import type { TrainingJob } from './training-job.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const stopping = settings().earlyStopping;
const isHead = (name: string) => name.startsWith('classifier');
const weightsOf = async (net: Learner) => (await net.read()).weights;

/** A run that is asked for something when it has come to a step. */
async function steered(
  o: RunSettings,
  asked: Readonly<Record<number, RunControl>>,
  patch: Partial<TrainingJob> = {},
  net: Learner = learner(o),
): Promise<Course & { net: Learner }> {
  const control = new Control();
  const course = await runToEnd(o, net, { control, ...patch }, (event) => {
    if (event.kind !== 'status' || event.status.phase !== 'running') return;
    const { step } = event.status;
    const request = asked[step];
    if (!request) return;
    control.apply(request);
    asked = { ...asked, [step]: undefined as never };
  });
  return { ...course, net };
}
const change = (change: Extract<RunControl, { kind: 'change' }>['change']): RunControl => ({ kind: 'change', change });
/** Stages by their names' beginnings, as a method that takes them whole would have them. */
const movableIn =
  (net: Learner): TrainingJob['movable'] =>
  (stages) =>
    new Set(net.network.profile.stages.filter(({ name }) => stages.includes(name)).flatMap(({ weights }) => weights));

describe('a change', () => {
  it('of the learning rate holds from the next step on, along the schedule', async () => {
    const o = settings({ schedule: 'cosine', epochs: 4, learningRate: 1e-2 });
    const { points, marks } = await steered(o, { 6: change({ learningRate: 1e-3 }) });
    expect(marks).toMatchObject([{ kind: 'change', step: 6, epoch: 1.5, change: { learningRate: 1e-3 } }]);
    const steps = points.filter(({ split }) => split === 'train');
    const rates = new Map(steps.map(({ step, learningRate }) => [step, learningRate!]));
    const cosine = (step: number) => 0.5 * (1 + Math.cos((Math.PI * (step - 1)) / 16));
    expect(rates.get(6)).toBeCloseTo(1e-2 * cosine(6), 10);
    expect(rates.get(7)).toBeCloseTo(1e-3 * cosine(7), 10);
    expect(rates.get(16)).toBeCloseTo(1e-3 * cosine(16), 10);
  });

  it('of the weight decay holds from the next step on', async () => {
    const o = settings({ epochs: 2, weightDecay: 0 });
    const [plain, decayed, before] = [
      await steered(o, {}),
      await steered(o, { 6: change({ weightDecay: 5 }) }),
      await steered(settings({ epochs: 2, weightDecay: 5 }), {}),
    ];
    const losses = ({ points }: Course) => points.filter(({ split }) => split === 'train').map(({ loss }) => loss);
    expect(losses(decayed).slice(0, 7)).toEqual(losses(plain).slice(0, 7));
    expect(losses(decayed)[7]).not.toBe(losses(plain)[7]);
    expect(losses(before).slice(1)).not.toEqual(losses(decayed).slice(1));
  });

  it('of the patience moves the end', async () => {
    const o = settings({
      epochs: 60,
      learningRate: 0.05,
      schedule: 'constant',
      earlyStopping: { ...stopping, enabled: true, patience: 2 },
    });
    const usual = await steered(o, {});
    const patient = await steered(o, { 4: change({ patience: 4 }) });
    expect(usual.status).toMatchObject({ finish: 'early-stopping', wait: 2 });
    expect(patient.status).toMatchObject({ finish: 'early-stopping', wait: 4 });
  });

  it('of what moves freezes the rest to the bit, and brings it back', async () => {
    const o = settings({ epochs: 3 });
    const net = learner(o);
    const stages = net.network.profile.stages.map(({ name }) => name);
    const last = stages.at(-1)!;
    const { asked } = await steered(
      o,
      {
        4: change({ stages: [last] }),
        5: { kind: 'checkpoint' },
        8: { kind: 'checkpoint' },
        9: change({ stages }),
        11: { kind: 'checkpoint' },
      },
      { movable: movableIn(net) },
      net,
    );
    const [first, second, third] = asked.map(({ state }) => state.weights);
    const names = [...first!.keys()];
    const frozen = names.filter((name) => !isHead(name));
    expect(frozen.length).toBeGreaterThan(2);
    for (const name of frozen) expect(second!.get(name), name).toEqual(first!.get(name));
    for (const name of names.filter(isHead)) expect(second!.get(name), name).not.toEqual(first!.get(name));
    for (const name of frozen) expect(third!.get(name), name).not.toEqual(first!.get(name));
  });

  it('that lets more move than the cached prefix was made for goes back to the pictures', async () => {
    const o = settings({ epochs: 3 });
    const net = learner(o, isHead);
    const cache = await prefixOf(net, o);
    const stages = net.network.profile.stages.map(({ name }) => name);
    const asked = { 5: change({ stages }), 7: { kind: 'return-to-best' } } as const;
    const { points, marks, last, best } = await steered(o, asked, { cache, movable: movableIn(net) }, net);
    expect(marks.map(({ kind }) => kind)).toEqual(['change', 'return']);
    expect(points.filter(({ split }) => split === 'train')).toHaveLength(12);
    expect(best!.step).toBeGreaterThan(3);
    // more is trained, and kept, than the best of the first epoch had
    expect([...last!.state.weights.keys()].some((name) => !isHead(name))).toBe(true);
    cache.dispose();
  });
});

describe('a checkpoint that was asked for', () => {
  it('is kept with its step, and taking it up in the midst of an epoch gives the same run', async () => {
    const o = settings({ epochs: 4, seed: 7, earlyStopping: { ...stopping, monitor: 'loss' } });
    const whole = await steered(o, { 6: { kind: 'checkpoint' } });
    expect(whole.marks).toMatchObject([{ kind: 'checkpoint', step: 6, epoch: 1.5 }]);
    const [checkpoint] = whole.asked;
    expect(checkpoint).toMatchObject({ step: 6, epoch: 1 });
    const rest = await steered(o, {}, { from: { last: checkpoint!, best: whole.best } });
    expect(figures(rest.points)).toEqual(figures(whole.points).filter(({ step }) => step > 6));
    expect(await weightsOf(rest.net)).toEqual(await weightsOf(whole.net));
    expect(rest.status.best).toEqual(whole.status.best);
  });

  it('has the changes before it in force when the run is taken up from it', async () => {
    const o = settings({ epochs: 4, accumulate: 2, batchSize: 4 });
    const net = learner(o);
    const stages = net.network.profile.stages.map(({ name }) => name).slice(-2);
    const asked = { 3: change({ learningRate: 1e-2, weightDecay: 0.3 }), 5: change({ stages }) };
    const whole = await steered(o, { ...asked, 7: { kind: 'checkpoint' } }, { movable: movableIn(net) }, net);
    const [checkpoint] = whole.asked;
    const force = inForce(o, marksUpTo(whole.marks, checkpoint!.step));
    expect(force).toEqual({ learningRate: 1e-2, weightDecay: 0.3, patience: o.earlyStopping.patience, stages });
    const fresh = learner(o);
    const from = { last: checkpoint!, best: undefined };
    const rest = await steered(o, {}, { from, inForce: force, movable: movableIn(fresh) }, fresh);
    expect(figures(rest.points)).toEqual(figures(whole.points).filter(({ step }) => step > 7));
    expect(await weightsOf(fresh)).toEqual(await weightsOf(net));
  });
});

it('back to the best brings its weights and the optimizer state, and the run goes on', async () => {
  const o = settings({ epochs: 5, learningRate: 0.05, schedule: 'constant' });
  const { marks, last, best, points, status } = await steered(o, { 18: { kind: 'return-to-best' } });
  const there = await steered({ ...o, epochs: 5 }, { 18: { kind: 'return-to-best' }, 19: { kind: 'stop-discard' } });
  expect(marks).toMatchObject([{ kind: 'return', step: 18 }]);
  expect(there.last!.step).toBe(18);
  expect(there.last!.state.weights).toEqual(there.best!.state.weights);
  expect(there.last!.state.slots).toEqual(there.best!.state.slots);
  expect(marks[0]).toMatchObject({ to: there.best!.step });
  expect(status).toMatchObject({ phase: 'done', step: 20 });
  expect(points.filter(({ split }) => split === 'train')).toHaveLength(20);
  expect(last!.step).toBe(20);
  expect(best).toBeDefined();
});

it('while paused a change is marked at once', async () => {
  const o = settings({ epochs: 2 });
  const control = new Control();
  control.apply({ kind: 'pause' });
  let asked = false;
  const { marks, points } = await runToEnd(o, learner(o), { control }, (event) => {
    if (event.kind === 'mark') setTimeout(() => control.apply({ kind: 'resume' }));
    if (event.kind !== 'status' || event.status.phase !== 'paused' || asked) return;
    asked = true;
    setTimeout(() => control.apply(change({ learningRate: 0.5 })));
  });
  expect(marks).toMatchObject([{ kind: 'change', step: 0 }]);
  expect(points.find(({ split }) => split === 'train')?.learningRate).toBe(0.5);
});

describe('a pace', () => {
  const o = settings({ epochs: 2 });
  /** What is asked of a run once it waits for its pace, some time later. */
  async function paced(later: readonly RunControl[], wait = 0): Promise<Course & { wall: number; net: Learner }> {
    const control = new Control();
    const net = learner(o);
    let asked = false;
    const began = performance.now();
    const course = await runToEnd(o, net, { control }, (event) => {
      if (event.kind !== 'status' || event.status.step !== 2 || asked) return;
      asked = true;
      control.apply({ kind: 'pace', stepsPerSecond: 1e-6 });
      setTimeout(() => {
        for (const each of later) control.apply(each);
      }, wait);
    });
    return { ...course, net, wall: (performance.now() - began) / 1000 };
  }

  it('changes no number of the run, and waiting is no training', async () => {
    const [free, slow] = [await steered(o, {}), await paced([{ kind: 'pace', stepsPerSecond: 0 }], 400)];
    expect(figures(slow.points)).toEqual(figures(free.points));
    expect(await weightsOf(slow.net)).toEqual(await weightsOf(free.net));
    expect(slow.wall - slow.points.at(-1)!.seconds).toBeGreaterThan(0.39);
  });

  it('holds up neither a stop nor a pause, and single steps go at once', async () => {
    expect((await paced([{ kind: 'stop-keep' }])).status).toMatchObject({ finish: 'stop-keep', step: 2 });
    const steps = await paced([
      { kind: 'pause' },
      { kind: 'one-step' },
      { kind: 'one-step' },
      { kind: 'pace', stepsPerSecond: 0 },
      { kind: 'resume' },
    ]);
    expect(steps.status).toMatchObject({ finish: 'completed', step: 8 });
    const control = new Control();
    for (const stepsPerSecond of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      control.apply({ kind: 'pace', stepsPerSecond });
      expect(control.early(0, 0)).toBe(0);
    }
  });
});

it('halts after an epoch, and goes on to the same end', async () => {
  const o = settings({ epochs: 5, seed: 11 });
  const whole = await steered(o, {});
  const half = await steered(o, {}, { until: 2 });
  expect(half.status).toMatchObject({ phase: 'stopped', finish: 'halted', epoch: 2, totalSteps: 20 });
  const rest = await steered(o, {}, { from: { last: half.last!, best: half.best } });
  expect([...figures(half.points), ...figures(rest.points)]).toEqual(figures(whole.points));
  expect(await weightsOf(rest.net)).toEqual(await weightsOf(whole.net));
  expect(rest.status).toMatchObject({ phase: 'done', finish: 'completed' });
});

describe('a run that diverges', () => {
  it.each(['adamw', 'sgd'] as const)('at a learning rate of 1e9 is ended: %s', async (optimizer) => {
    const o = settings({ optimizer, epochs: 30, schedule: 'constant', weightDecay: 0 });
    const kept: number[] = [];
    const control = new Control();
    const run = runToEnd(o, learner(o), { control }, (event) => {
      if (event.kind === 'checkpoint' && event.which === 'best') kept.push(event.checkpoint.step);
      if (event.kind === 'status' && event.status.step === 6) control.apply(change({ learningRate: 1e9 }));
    });
    await expect(run).rejects.toMatchObject({ problem: { code: 'diverged', values: { learningRate: 1e9 } } });
    expect(kept).toContain(4);
  });
});
