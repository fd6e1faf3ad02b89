import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../nn/backends/index.ts';
import { tensorCount } from '../../nn/memory.ts';
import { epochsBetweenLooks, looksUpTo } from '../../protocol/inside.ts';
import { insideTable } from '../../protocol/inside-table.ts';
import { figures, IDS, learner, runToEnd, settings, source } from '../testing.ts';
import { lookedAt } from './testing.ts';

/** Norm of a vector, in double precision. */
const norm = (values: Iterable<number>): number => Math.sqrt([...values].reduce((sum, value) => sum + value ** 2, 0));
const minus = (a: Float32Array, b: Float32Array): number[] => [...a].map((value, i) => value - b[i]!);

const isHead = (name: string) => name.startsWith('classifier.');

beforeAll(async () => {
  await startBackend('wasm');
});

describe('figures of weights', () => {
  const o = settings({
    optimizer: 'sgd',
    momentum: 0,
    weightDecay: 0,
    schedule: 'constant',
    learningRate: 0.05,
    epochs: 1,
    batchSize: 30,
  });

  it('are those of the one step that was taken, in double precision', async () => {
    const twin = learner(o);
    const input = { kind: 'arrays' as const, batch: await source.inputs(IDS.train) };
    const targets = source.targets(IDS.train, { classes: 3, smoothing: 0 }).batch;
    const { gradients } = twin.gradients(input, targets, 0);
    const { inside, net } = await lookedAt(o, learner(o));
    const { weights: after } = await net.read();
    const { shape, looks } = inside;
    const [before, look] = looks;
    expect(looks.map(({ step, measured }) => [step, measured])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect([...before!.weights.distance]).toEqual(shape.weights.map(() => 0));
    expect(before!.weights.gradient.every(Number.isNaN)).toBe(true);
    for (const [i, { name, began }] of shape.weights.entries()) {
      const start = net.beginning.get(name)!;
      const gradient = norm((await gradients.get(name)!.data()) as Float32Array);
      const change = norm(minus(after.get(name)!, start));
      const length = norm(start);
      expect(began, name).toBe(length === 0 ? 'zero' : isHead(name) ? 'drawn' : 'pretrained');
      expect(look!.weights.gradient[i]! / gradient, name).toBeCloseTo(1, 4);
      expect(look!.weights.distance[i]! / (change / (length || 1)), name).toBeCloseTo(1, 4);
      // plain descent: the change is the rate times the gradient
      if (length === 0) expect(look!.weights.update[i]).toBeNaN();
      else expect(look!.weights.update[i]! / ((0.05 * gradient) / length), name).toBeCloseTo(1, 2);
    }
    const last = shape.stages.length - 1;
    const own = shape.weights.filter(({ stage }) => stage === last).map(({ name }) => name);
    const whole = (of: (name: string) => Iterable<number>) => norm(own.flatMap((name) => [...of(name)]));
    const moved = whole((name) => minus(after.get(name)!, net.beginning.get(name)!));
    const began = whole((name) => net.beginning.get(name)!);
    expect(look!.stages.distance[last]).toBeCloseTo(moved / began, 5);
    expect(look!.stages.update[last]).toBeCloseTo(moved / began, 5);
    twin.dispose();
    net.dispose();
  });

  it('of what does not train: it has not moved, and has no gradient', async () => {
    const { inside, net, map } = await lookedAt({ ...o, epochs: 2 }, learner(o, isHead), true);
    const look = inside.looks.at(-1)!;
    const frozen = inside.shape.weights.flatMap(({ name }, i) => (isHead(name) ? [] : [i]));
    for (const i of frozen) expect([look.weights.distance[i], look.weights.gradient[i]]).toEqual([0, Number.NaN]);
    expect(look.stages.distance.at(-1)).toBeGreaterThan(0);
    // the stages that were run once and kept are not run again
    expect(look.stages.units.every((units) => units === 0)).toBe(true);
    expect(look.stages.dead.every(Number.isNaN)).toBe(true);
    // what the head reads is the same at each look
    const [first, last] = [map.looks[0]!.points, map.looks.at(-1)!.points];
    expect(Math.max(...first.map((value, i) => Math.abs(value - last[i]!)))).toBeLessThan(1e-5);
    net.dispose();
  });
});

describe('a look', () => {
  it('changes no bit of a run', async () => {
    for (const o of [settings({ dropout: 0.2 }), settings({ accumulate: 2, clipNorm: 0.5, optimizer: 'muon' })]) {
      const tensors = tensorCount();
      const plain = learner(o);
      const alone = await runToEnd(o, plain);
      const { points, net } = await lookedAt(o, learner(o));
      expect(points).toEqual(figures(alone.points));
      expect((await net.read()).weights).toEqual((await plain.read()).weights);
      plain.dispose();
      net.dispose();
      expect(tensorCount()).toBe(tensors);
    }
  });

  it('finds the one unit that was silenced', async () => {
    const o = settings({ epochs: 0 });
    const before = learner(o);
    const values = new Map([...before.beginning].map(([name, value]) => [name, value.slice()]));
    before.dispose();
    const dead = async (silence: boolean) => {
      const own = new Map(values).set('fc1.bias', values.get('fc1.bias')!.slice());
      if (silence) own.get('fc1.bias')![2] = -100;
      const net = learner(o);
      net.write({ weights: own, slots: new Map() });
      const { inside } = await lookedAt(o, net);
      net.dispose();
      const stage = inside.shape.stages.indexOf('fc1');
      const { dead, units } = inside.looks[0]!.stages;
      return { units: units[stage]!, silent: Math.round(dead[stage]! * units[stage]!) };
    };
    const [whole, silenced] = [await dead(false), await dead(true)];
    expect(whole.units).toBe(8);
    expect(silenced.silent - whole.silent).toBe(1);
  });

  it('is taken at each validation of a short run, and a hundred times of a long one', async () => {
    expect([1, 100, 101, 1000].map(epochsBetweenLooks)).toEqual([1, 1, 2, 10]);
    const { inside, map, net } = await lookedAt(settings({ epochs: 3 }), learner(settings()));
    expect(inside.looks.map(({ epoch, step, measured }) => [epoch, step - measured])).toEqual(
      [0, 1, 2, 3].map((epoch) => [epoch, 0]),
    );
    expect([...map.shape.ids]).toEqual(IDS.validation);
    expect([...map.shape.labels]).toEqual(IDS.validation.map((id) => id % 3));
    expect(map.looks.every(({ points }) => points.length === 24 && points.every(Number.isFinite))).toBe(true);
    expect(looksUpTo(inside, inside.looks[1]!.step)!.looks).toHaveLength(2);
    const { header, rows } = insideTable(inside);
    expect(rows).toHaveLength(4 * (inside.shape.stages.length + inside.shape.weights.length));
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    net.dispose();
  });
});
