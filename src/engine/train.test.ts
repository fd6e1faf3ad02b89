import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import type { EarlyStopping, RunSettings } from '../protocol/run.ts';
import { Control } from './control.ts';
import { figures, learner, prefixOf, runToEnd, settings } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const stopping = settings().earlyStopping;
const isHead = (name: string) => name.startsWith('classifier');
const weightsOf = async (net: ReturnType<typeof learner>) => (await net.read()).weights;

describe('a run', () => {
  it('learns what can be learnt, and says so with every point', async () => {
    const o = settings({ epochs: 8, learningRate: 1e-2 });
    const net = learner(o);
    const { points, status, phases } = await runToEnd(o, net);
    net.dispose();
    const validation = points.filter(({ split }) => split === 'validation');
    expect(validation.map(({ step }) => step)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32]);
    expect(points.filter(({ split }) => split === 'train')).toHaveLength(32);
    expect(validation[0]!.loss).toBeGreaterThan(0.8);
    expect(validation.at(-1)!.loss).toBeLessThan(0.4);
    expect(validation.at(-1)!.accuracy).toBeGreaterThan(0.8);
    expect(status).toMatchObject({ phase: 'done', finish: 'completed', step: 32, epoch: 8 });
    expect(phases).toEqual(['running', 'finishing']);
  });

  it('repeats from its seed, and another seed gives another', async () => {
    const course = async (seed: number) => {
      const o = settings({ seed });
      const net = learner(o);
      const { points } = await runToEnd(o, net);
      const weights = await weightsOf(net);
      net.dispose();
      return { points: figures(points), weights };
    };
    const [first, again, other] = [await course(1), await course(1), await course(2)];
    expect(again).toEqual(first);
    expect(other.points).not.toEqual(first.points);
  });

  it.each([
    { optimizer: 'adamw' },
    { optimizer: 'sgd', accumulate: 3 },
    { optimizer: 'muon', l2: 0.01 },
    // a loss that ought to rise and falls: the plateau is there from the second epoch on
    { optimizer: 'sgd', schedule: 'plateau', plateauPatience: 0, mode: 'max' },
  ] as const)('goes on from a checkpoint as if nothing had happened: %o', async (given) => {
    const { mode, ...patch }: Partial<RunSettings & EarlyStopping> = { mode: 'auto', ...given };
    const earlyStopping = { ...stopping, enabled: true, patience: 9, mode: mode! };
    const o = settings({ ...patch, epochs: 4, seed: 5, earlyStopping });
    const whole = learner(o);
    const straight = await runToEnd(o, whole);
    const interrupted = learner(o);
    const control = new Control();
    const half = await runToEnd(o, interrupted, { control }, (event) => {
      if (event.kind === 'status' && event.status.epoch === 2) control.apply({ kind: 'stop-discard' });
    });
    interrupted.dispose();
    const fresh = learner(o);
    const rest = await runToEnd(o, fresh, { from: { last: half.last!, best: half.best } });
    expect(half.last?.epoch).toBe(2);
    const after = figures(straight.points).filter(({ step }) => step > half.last!.step);
    if (o.schedule === 'plateau') expect(half.last!.stopping.plateau!.factor).toBeLessThan(1);
    expect(figures(rest.points)).toEqual(after);
    expect(await weightsOf(fresh)).toEqual(await weightsOf(whole));
    expect(rest.status.best).toEqual(straight.status.best);
    whole.dispose();
    fresh.dispose();
  });

  it('sums the gradients of several batches to one step', async () => {
    const o = settings({ accumulate: 3, epochs: 2, learningRate: 1e-2 });
    const net = learner(o);
    const { points, status } = await runToEnd(o, net);
    net.dispose();
    // four batches of an epoch are two steps: 24 examples and 6
    expect(status).toMatchObject({ stepsPerEpoch: 2, totalSteps: 4, step: 4 });
    const train = points.filter(({ split }) => split === 'train');
    expect(train.map(({ examples }) => examples)).toEqual([24, 6, 24, 6]);
    expect(status.gradientBytes).toBe(4 * status.trainable);
    expect(status.optimizerBytes).toBe(8 * status.trainable);
    expect(status.peakBytes).toBeGreaterThan(status.memoryBytes);
  });

  it('stops early, and goes back to the best weights', async () => {
    const o = settings({
      epochs: 60,
      learningRate: 0.05,
      schedule: 'constant',
      earlyStopping: { ...stopping, enabled: true, patience: 2, restoreBest: true },
    });
    const net = learner(o);
    const { status, best, points } = await runToEnd(o, net);
    expect(status).toMatchObject({ phase: 'done', finish: 'early-stopping', wait: 2 });
    expect(status.epoch).toBe(status.best!.epoch + 2);
    expect(await weightsOf(net)).toEqual(best!.state.weights);
    const losses = points.filter(({ split }) => split === 'validation').slice(1);
    expect(status.best!.value).toBe(Math.min(...losses.map(({ loss }) => loss)));
    net.dispose();
  });

  it('leaves frozen weights bit-equal', async () => {
    const net = learner(settings(), isHead);
    const frozen = [...net.network.weights.specs.keys()].filter((name) => !isHead(name));
    const before = await net.network.weights.read(frozen);
    await runToEnd(settings(), net);
    expect(await net.network.weights.read(frozen)).toEqual(before);
    net.dispose();
  });

  it('a cached prefix gives the curve that recomputing it gives', async () => {
    const plain = learner(settings(), isHead);
    const recomputed = await runToEnd(settings(), plain);
    const cached = learner(settings(), isHead);
    const cache = await prefixOf(cached, settings());
    const course = await runToEnd(settings(), cached, { cache });
    recomputed.points.forEach((point, i) => {
      expect(course.points[i]!.loss).toBeCloseTo(point.loss, 5);
    });
    cache.dispose();
    plain.dispose();
    cached.dispose();
  });

  it('leaks no tensor over 200 steps', async () => {
    const o = settings({ clipNorm: 1, epochs: 50, labelSmoothing: 0.1, classWeights: 'balanced' });
    const before = tensorCount();
    const net = learner(o);
    const counts: number[] = [];
    await runToEnd(o, net, {}, (event) => {
      if (event.kind === 'status' && event.status.phase === 'running') counts.push(tensorCount());
    });
    // steps whose figures are on their way hold one small tensor each, so compare like with like: ends of epochs
    expect(counts.length).toBeGreaterThan(200);
    expect(Math.max(...counts.slice(-40))).toBe(Math.max(...counts.slice(5, 45)));
    net.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('says that it diverged, and at which step', async () => {
    const o = settings({ optimizer: 'sgd', learningRate: 1e30, schedule: 'constant' });
    const net = learner(o);
    await expect(runToEnd(o, net)).rejects.toMatchObject({ problem: { code: 'diverged' } });
    net.dispose();
  });
});

describe('control', () => {
  it('pauses between two steps, takes one step, validates when asked, and goes on', async () => {
    const o = settings({ epochs: 2 });
    const net = learner(o);
    const control = new Control();
    const phases: string[] = [];
    const ask = (kind: 'one-step' | 'validate' | 'resume') => setTimeout(() => control.apply({ kind }));
    control.apply({ kind: 'pause' });
    const { points, status } = await runToEnd(o, net, { control }, (event) => {
      if (event.kind === 'metrics' && event.point.step === 1)
        ask(event.point.split === 'train' ? 'validate' : 'resume');
      if (event.kind !== 'status') return;
      phases.push(`${event.status.phase} ${event.status.step}`);
      if (phases.length === 1) ask('one-step');
    });
    expect(points.filter(({ split, step }) => split === 'validation' && step === 1)).toHaveLength(1);
    expect(status).toMatchObject({ phase: 'done', step: 8 });
    expect(phases[0]).toBe('paused 0');
    // a single step leaves it paused
    expect(phases).toContain('paused 1');
    expect(phases.indexOf('running 1')).toBe(-1);
    net.dispose();
  });

  it('takes every single step that is asked for at once, and stays paused meanwhile', async () => {
    const o = settings({ epochs: 2 });
    const net = learner(o);
    const control = new Control();
    const phases: string[] = [];
    control.apply({ kind: 'pause' });
    const { status } = await runToEnd(o, net, { control }, (event) => {
      if (event.kind !== 'status') return;
      if (phases.push(event.status.phase) === 1) for (let i = 0; i < 3; i++) control.apply({ kind: 'one-step' });
      if (event.status.step === 3) setTimeout(() => control.apply({ kind: 'stop-keep' }));
    });
    expect(status).toMatchObject({ finish: 'stop-keep', step: 3 });
    expect(new Set(phases.slice(0, 4))).toEqual(new Set(['paused']));
    net.dispose();
  });

  it('stop and keep validates what there is and keeps the best', async () => {
    const net = learner(settings());
    const control = new Control();
    const { status, best } = await runToEnd(settings({ epochs: 50 }), net, { control }, (event) => {
      if (event.kind === 'metrics' && event.point.step === 6) control.apply({ kind: 'stop-keep' });
    });
    expect(status).toMatchObject({ phase: 'stopped', finish: 'stop-keep' });
    expect(best).toBeDefined();
    expect(await weightsOf(net)).toEqual(best!.state.weights);
    net.dispose();
  });

  it('a lost device ends the run at once, and nothing read after it is kept', async () => {
    const net = learner(settings());
    const control = new Control();
    let last = 0;
    const run = runToEnd(settings({ epochs: 50 }), net, { control }, (event) => {
      if (event.kind === 'checkpoint') last = event.checkpoint.epoch;
      if (event.kind === 'metrics' && event.point.step === 10) control.lose();
    });
    await expect(run).rejects.toMatchObject({ problem: { code: 'device-lost' } });
    expect(last).toBe(2);
    net.dispose();
  });
});
