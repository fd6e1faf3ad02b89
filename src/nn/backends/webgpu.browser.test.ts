import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendInfo } from '../../protocol/backend.ts';
import type { Problem } from '../../protocol/problems.ts';
import { CASES } from './gradients.cases.ts';
import { startBackend, stopBackend } from './index.ts';
import { disagreement, resultsOn, sample, weigh } from './testing.ts';
import { webgpuDevice } from './webgpu.ts';

let info: BackendInfo;

beforeAll(async () => {
  info = await startBackend('webgpu');
});
afterAll(stopBackend);

describe('WebGPU', () => {
  it('computes on an adapter that has a name, with raised limits', () => {
    expect(tf.getBackend()).toBe('webgpu');
    expect(info.name).toBe('webgpu');
    expect(info.adapter.length).toBeGreaterThan(0);
    expect(info.maxBufferBytes).toBeGreaterThan(128 * 1024 ** 2);
    const codes = info.reasons.map(({ code }) => code);
    expect(codes).toEqual(info.fallback ? ['fallback-adapter'] : []);
  });

  it.each(CASES)('gradient of $name matches the CPU', async ({ shapes, loss }) => {
    const inputs = shapes.map((shape, i) => sample(shape, i + 1));
    expect(await disagreement('webgpu', inputs, (...x) => tf.grads(loss)(x))).toBeLessThan(1e-4);
  });

  const convolutions: [number[], number[], number, 'same' | 'valid'][] = [
    [[2, 7, 5, 3], [3, 3, 3, 5], 1, 'same'],
    [[2, 7, 5, 3], [3, 3, 3, 5], 2, 'same'],
    [[1, 8, 9, 4], [3, 3, 4, 8], 2, 'valid'],
    [[1, 6, 6, 4], [5, 5, 4, 4], 1, 'same'],
    [[2, 9, 7, 1], [5, 3, 1, 8], 1, 'valid'],
    [[2, 7, 6, 3], [1, 1, 3, 7], 2, 'same'],
    [[1, 6, 7, 8], [2, 2, 8, 16], 2, 'same'],
  ];
  it.each(convolutions)('conv2d of %j with %j, stride %i, %s: gradients match the CPU', async (x, w, stride, pad) => {
    const compute = (...t: tf.Tensor[]): tf.Tensor[] =>
      tf.grads((a, b) => weigh(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)))(t);
    expect(await disagreement('webgpu', [sample(x, 1), sample(w, 2)], compute)).toBeLessThan(1e-4);
  });

  const depthwise: [number[], number[], number][] = [
    [[2, 7, 5, 3], [3, 3, 3, 1], 1],
    [[1, 8, 9, 5], [5, 5, 5, 1], 2],
    [[2, 7, 6, 3], [3, 3, 3, 2], 1],
  ];
  it.each(depthwise)('depthwise conv of %j with %j, stride %i: gradients match the CPU', async (x, w, stride) => {
    const compute = (...t: tf.Tensor[]): tf.Tensor[] =>
      tf.grads((a, b) => weigh(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same')))(t);
    expect(await disagreement('webgpu', [sample(x, 1), sample(w, 2)], compute)).toBeLessThan(1e-4);
  });

  it.each([[[3, 7]], [[4, 8]], [[5]], [[2, 3, 4]]])(
    'integers of %j become floats, whatever is done to them',
    async (shape) => {
      const compute = (x: tf.Tensor): tf.Tensor[] => {
        const floats = [tf.cast(tf.cast(tf.mul(x, 10), 'int32'), 'float32'), tf.cast(tf.greater(x, 0), 'float32')];
        return floats.flatMap((y) => {
          const column = tf.expandDims(y, -1);
          return [y, tf.transpose(y), tf.sum(column, [0]), tf.sum(tf.mul(column, tf.ones([1, 16])), [-2])];
        });
      };
      expect(await disagreement('webgpu', [sample(shape)], compute)).toBeLessThan(1e-5);
    },
  );

  const tables: [number[], number, number[]][] = [
    [[7, 3], 5, [4, 0, 4, 4, 1, 0, 2]],
    [[6], 4, [3, 3, 0, 1, 1, 1]],
    [[300, 130], 9, Array.from({ length: 300 }, (_, i) => (i * i) % 9)],
    [[4, 2, 3], 6, [5, 5, 5, 5]],
    [[5, 2], 3, [0, -1, 2, 3, 1]],
  ];
  it.each(tables)(
    'rows of %j into %i segments are summed as on the CPU, the same to the bit each time',
    async (shape, segments, ids) => {
      const x = sample(shape);
      // the CPU's kernel knows no id beyond the last
      const kept = ids.map((id) => (id >= 0 && id < segments ? id : segments));
      const reference = (t: tf.Tensor) =>
        tf.slice(tf.unsortedSegmentSum(t, tf.tensor1d(kept, 'int32'), segments + 1), 0, segments);
      const compute = (t: tf.Tensor) => tf.unsortedSegmentSum(t, tf.tensor1d(ids, 'int32'), segments);
      expect(await disagreement('webgpu', [x], compute, reference)).toBeLessThan(1e-5);
      const [first, second] = [await resultsOn('webgpu', [x], compute), await resultsOn('webgpu', [x], compute)];
      expect(second).toEqual(first);
    },
  );

  it('keeps no tensors over 200 steps of gradient descent', async () => {
    await tf.setBackend('webgpu');
    const weights = tf.variable(tf.randomNormal([5, 3]), true);
    const x = tf.randomNormal([4, 5]);
    const step = (): void => {
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.matMul(x, weights))) as tf.Scalar);
      const next = tf.tidy(() => tf.sub(weights, tf.mul(grads[weights.name]!, 0.1)));
      weights.assign(next);
      tf.dispose([value, grads, next]);
    };
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 200; i++) step();
    await weights.data();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([weights, x]);
  });
});

describe('the loss of the GPU', () => {
  const product = async (): Promise<number[]> =>
    Array.from(await tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.ones([2, 1]))).data());

  it('is reported once, and a new start computes rightly', async () => {
    const losses: Problem[] = [];
    const lost = new Promise<void>((resolve) => {
      void startBackend('webgpu', {
        onLost: (problem) => {
          losses.push(problem);
          resolve();
        },
      }).then(() => webgpuDevice()!.destroy());
    });
    await lost;
    expect(losses).toEqual([
      { code: 'device-lost', severity: 'error', values: { reason: expect.any(String), message: expect.any(String) } },
    ]);
    const again = await startBackend('webgpu');
    expect(again.name).toBe('webgpu');
    expect(await product()).toEqual([3, 7]);
    expect(losses).toHaveLength(1);
  });

  it('is not reported when we let it go', async () => {
    const losses: Problem[] = [];
    await startBackend('webgpu', { onLost: (problem) => losses.push(problem) });
    const device = webgpuDevice()!;
    await stopBackend();
    await device.lost;
    await Promise.resolve();
    expect(losses).toEqual([]);
    info = await startBackend('webgpu');
    expect(await product()).toEqual([3, 7]);
  });
});
