import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../../nn/backends/index.ts';
import { tensorCount } from '../../nn/memory.ts';
import { Observer } from '../../nn/observe.ts';
import { examplesOf, tinyLearner } from '../testing/tiny-learner.ts';
import { figures, learner, runToEnd, settings } from '../testing.ts';
import { lookedAt } from './testing.ts';

const o = settings({ epochs: 1, batchSize: 15 });

/** Largest difference, in proportion to the largest value; places without a figure must be the same. */
function apart(one: Float32Array, other: Float32Array): number {
  expect([...one].map(Number.isNaN)).toEqual([...other].map(Number.isNaN));
  const scale = Math.max(...[...other].filter((value) => !Number.isNaN(value)));
  return Math.max(...[...one].map((value, i) => Math.abs(value - other[i]!) || 0)) / (scale || 1);
}

describe('a look inside on WebGPU', () => {
  beforeAll(async () => {
    await startBackend('webgpu');
  });
  afterAll(stopBackend);

  it('changes no bit of the run, leaves no tensor, and sees what it sees on WebAssembly', async () => {
    const tensors = tensorCount();
    const plain = learner(o);
    const alone = await runToEnd(o, plain);
    plain.dispose();
    const onGpu = await lookedAt(o, learner(o));
    onGpu.net.dispose();
    expect(onGpu.points).toEqual(figures(alone.points));
    expect(tensorCount()).toBe(tensors);
    await startBackend('wasm');
    const onWasm = await lookedAt(o, learner(o));
    onWasm.net.dispose();
    for (const [i, look] of onGpu.inside.looks.entries()) {
      const other = onWasm.inside.looks[i]!;
      for (const metric of ['distance', 'gradient', 'update'] as const)
        expect(apart(look.stages[metric], other.stages[metric]), metric).toBeLessThan(1e-2);
      expect([look.stages.dead, look.stages.units]).toEqual([other.stages.dead, other.stages.units]);
      expect(apart(onGpu.map.looks[i]!.points, onWasm.map.looks[i]!.points)).toBeLessThan(1e-2);
    }
  });

  it.each(['bert', 'gpt2', 'efficientnet-lite', 'digits-cnn'] as const)(
    'sees by a plan what stages by themselves show, and changes no bit: %s',
    async (id) => {
      await startBackend('webgpu');
      const { learner: tiny, architecture } = tinyLearner({ id, method: { id: 'lora', options: { rank: 2 } } });
      const { network } = tiny;
      const { input } = examplesOf(architecture, 5, { B: 3, T: 8 }, 2);
      const seen = async (through: typeof architecture) => {
        const observer = new Observer();
        observer.begin();
        const output = network.output(input, {}, through, observer);
        const logits = (await output.data()) as Float32Array;
        output.dispose();
        const features = await observer.embedding()!.values;
        const units = [...(await observer.silent())].map(([stage, counts]) => ({ stage, ...counts }));
        observer.dispose();
        return { logits, features, units };
      };
      // what is made once
      for (const through of [architecture, { ...architecture }]) network.output(input, {}, through).dispose();
      const tensors = tensorCount();
      const byPlan = await seen(architecture);
      // of an architecture that is not its own a network has no plan
      const byStages = await seen({ ...architecture });
      expect(byPlan.logits.every(Number.isFinite)).toBe(true);
      expect(byPlan.logits).toEqual(await network.logits(input));
      expect(byPlan.units.length).toBeGreaterThan(0);
      expect(byPlan.units).toEqual(byStages.units);
      expect(apart(byPlan.logits, byStages.logits)).toBeLessThan(1e-5);
      expect(apart(byPlan.features, byStages.features)).toBeLessThan(1e-5);
      expect(tensorCount()).toBe(tensors);
      tiny.dispose();
    },
  );
});
