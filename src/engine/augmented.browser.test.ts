import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { readBack } from '../nn/input.ts';
import { memoryBytes, tensorCount } from '../nn/memory.ts';
import { figures, learner, prefixOf, runToEnd, settings, source } from './testing.ts';

beforeAll(async () => {
  expect((await startBackend('webgpu')).name).toBe('webgpu');
});
afterAll(stopBackend);

const o = settings({
  optimizer: 'sgd',
  epochs: 2,
  batchSize: 16,
  augmentation: {
    flipHorizontal: true,
    flipVertical: false,
    crop: 0.4,
    rotate: 15,
    colour: 0.3,
    erase: 0.5,
    mixup: 0.3,
    cutmix: 1,
    synonyms: 0,
    swap: 0,
    deletion: 0,
    views: 2,
  },
});
/** The dense layers alone: few dispatches, because the adapter of a machine without a GPU is slow. */
const isDense = (name: string) => /^(fc1|classifier)/.test(name);

async function course(cached: boolean) {
  const net = learner(o, isDense);
  const cache = cached ? await prefixOf(net, o) : undefined;
  const { points } = await runToEnd(o, net, { cache });
  const { weights } = await net.read();
  cache?.dispose();
  net.dispose();
  return { points: figures(points), weights };
}

it('augmented in views that are cached, a run is the run without a cache, bit for bit, and that of WebAssembly', async () => {
  const onWebGpu = await course(false);
  expect(await course(true)).toEqual(onWebGpu);
  await startBackend('wasm');
  const onWasm = await course(false);
  await startBackend('webgpu');
  onWasm.points.forEach(({ loss }, i) => {
    expect(Math.abs(onWebGpu.points[i]!.loss - loss)).toBeLessThan(1e-3);
  });
});

it('augmenting 50 batches keeps neither tensor nor device memory', async () => {
  const ids = [1, 2, 3, 4];
  const batch = await source.inputs(ids);
  const tensors: number[] = [];
  const bytes: number[] = [];
  for (let view = 0; view < 50; view++) {
    const { augment } = source.augmented(o.augmentation, { seed: 1, view, ids, first: 0 });
    await readBack({ kind: 'arrays', batch, augment });
    tensors.push(tensorCount());
    bytes.push(memoryBytes());
  }
  expect(new Set(tensors).size).toBe(1);
  expect(Math.max(...bytes.slice(-15))).toBe(Math.max(...bytes.slice(5, 20)));
});
