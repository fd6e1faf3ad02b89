import { beforeAll, expect, it } from 'vitest';
import { METHOD_ENGINES } from '../methods/engines.ts';
import { startBackend } from '../nn/backends/index.ts';
import { weightUses } from '../nn/profile.ts';
import type { Checkpoint } from './checkpoint.ts';
import { figures, learner, prefixOf, runToEnd, settings } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

/** The small network with the last three of its stages, by their weights. */
const methodOn = (net: ReturnType<typeof learner>, options: { layerDecay: number; gradual: boolean }) => {
  const { architecture, profile } = net.network;
  const method = METHOD_ENGINES['last-n'].method({ stages: 3, ...options }, architecture);
  return { method, architecture, uses: weightUses(profile) };
};

it('a stage learns more slowly than the one behind it, by the same factor', () => {
  const net = learner(settings());
  const { method, architecture, uses } = methodOn(net, { layerDecay: 0.5, gradual: false });
  const own = net.network.profile.stages.filter(({ weights }) => weights.length > 0);
  expect(own.length).toBeGreaterThan(2);
  own.toReversed().forEach(({ weights }, depth) => {
    for (const use of uses.filter(({ name }) => weights.includes(name)))
      expect(method.rate!(use, architecture), use.name).toBeCloseTo(0.5 ** depth, 12);
  });
  expect(method.moves).toBeUndefined();
  net.dispose();
});

it('stages join one an epoch, from the last; the cached prefix serves, and a resumed run goes on the same', async () => {
  const o = settings({ epochs: 4, learningRate: 1e-2, earlyStopping: { ...settings().earlyStopping, enabled: false } });
  const course = async (cached: boolean, from?: Checkpoint) => {
    const whole = learner(o);
    const { method, architecture, uses } = methodOn(whole, { layerDecay: 1, gradual: true });
    whole.dispose();
    const trainable = new Set(uses.filter((use) => method.trainable(use, architecture)).map(({ name }) => name));
    const net = learner(o, (name) => trainable.has(name));
    const cache = cached ? await prefixOf(net, o) : undefined;
    const moving = (epoch: number) =>
      new Set(
        uses.filter((use) => trainable.has(use.name) && method.moves!(use, architecture, epoch)).map((u) => u.name),
      );
    const ends: Checkpoint[] = [];
    const boundaries: number[] = [net.boundary];
    const { points } = await runToEnd(
      o,
      net,
      { cache, moving, ...(from ? { from: { last: from, best: undefined } } : {}) },
      (event) => {
        if (event.kind !== 'checkpoint' || event.which !== 'last') return;
        ends.push(event.checkpoint);
        boundaries.push(net.boundary);
      },
    );
    cache?.dispose();
    net.dispose();
    return { points: figures(points), ends, boundaries, moving };
  };
  const { points, ends, boundaries, moving } = await course(true);
  const [lowest, ...after] = boundaries;
  expect(after).toEqual(after.toSorted((a, b) => b - a));
  expect(after[0]).toBeGreaterThan(lowest!);
  expect(after.at(-1)).toBe(lowest);
  // what joins only in the second epoch is in the first checkpoint as it began, and moves then
  const late = [...moving(2)].filter((name) => !moving(1).has(name));
  expect(late.length).toBeGreaterThan(0);
  const begun = learner(o);
  const first = await begun.network.weights.read(late);
  begun.dispose();
  for (const name of late) {
    expect(ends[0]!.state.weights.get(name), name).toEqual(first.get(name));
    expect(ends[1]!.state.weights.get(name), name).not.toEqual(first.get(name));
  }
  const plain = await course(false);
  plain.points.forEach(({ loss }, i) => {
    expect(points[i]!.loss).toBeCloseTo(loss, 5);
  });
  const resumed = await course(true, ends[1]);
  expect(resumed.points).toEqual(points.filter(({ step }) => step > ends[1]!.step));
}, 30_000);
