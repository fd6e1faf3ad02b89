import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { memoryBytes, tensorCount } from '../nn/memory.ts';
import { figures, learner, runToEnd, settings } from './testing.ts';

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('a run on WebGPU', () => {
  beforeAll(async () => {
    const { name, adapter } = await startBackend('webgpu');
    expect([name, adapter !== '']).toEqual(['webgpu', true]);
  });
  afterAll(stopBackend);

  it('leaks neither tensor nor device memory over 200 steps', async () => {
    // plain SGD on the dense layers: few dispatches, because the adapter of a machine without a GPU is slow
    const o = settings({ epochs: 4, optimizer: 'sgd' });
    const before = tensorCount();
    const net = learner(o, (name) => /^(fc1|classifier)/.test(name));
    const tensors: number[] = [];
    const bytes: number[] = [];
    const ids = { train: range(0, 400), validation: range(1000, 12) };
    await runToEnd(o, net, { ids }, (event) => {
      if (event.kind !== 'status' || event.status.phase !== 'running') return;
      tensors.push(tensorCount());
      bytes.push(memoryBytes());
    });
    expect(tensors.length).toBeGreaterThan(199);
    expect(Math.max(...tensors.slice(-40))).toBe(Math.max(...tensors.slice(5, 45)));
    expect(Math.max(...bytes.slice(-40))).toBe(Math.max(...bytes.slice(5, 45)));
    net.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('repeats from its seed, bit for bit', async () => {
    const course = async () => {
      const o = settings({ epochs: 3, seed: 9 });
      const net = learner(o);
      const { points } = await runToEnd(o, net);
      const { weights } = await net.read();
      net.dispose();
      return { points: figures(points), weights };
    };
    expect(await course()).toEqual(await course());
  });

  it('gives the curve that WebAssembly gives', async () => {
    const course = async () => {
      const net = learner(settings());
      const { points } = await runToEnd(settings(), net);
      net.dispose();
      return points;
    };
    const onWebGpu = await course();
    await startBackend('wasm');
    const onWasm = await course();
    await startBackend('webgpu');
    onWasm.forEach(({ loss }, i) => {
      expect(Math.abs(onWebGpu[i]!.loss - loss)).toBeLessThan(1e-3);
    });
  });
});
