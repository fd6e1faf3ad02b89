import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { type KernelSource, reads, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { faultless, OPEN_ROW_WAYS } from './testing.ts';

describe.each(OPEN_ROW_WAYS)('sums over a workgroup, %s', (way) => {
  let backend: TrainingBackend;
  beforeAll(async () => {
    await startBackend('webgpu');
    backend = trainingBackend()!;
  });
  afterAll(stopBackend);

  it.each([4, 32, 64, 256])('reach every one of %i threads, again and again', async (threads) => {
    const source = (): KernelSource => ({
      buffers: [reads('x'), writes('y')],
      threads,
      ...summing(way),
      declarations: workgroupSum('one', 'f32', threads, way) + workgroupSum('four', 'vec4f', threads, way),
      main: `
  let first = one(x[gid], lid);
  let more = four(vec4f(x[gid], 1.0, f32(lid), -x[gid]), lid);
  let last = one(f32(group), lid);
  y[gid] = first + 1e4 * more.y + more.z + (more.x + more.w) + last;`,
    });
    const x = tf.tensor1d(Float32Array.from({ length: 3 * threads }, (_, i) => (i * 7) % 11));
    const values = await x.data<'float32'>();
    const y = backend.make([3 * threads]);
    const found = await faultless(async () => {
      backend.dispatch(`test.sum.${way}.${threads}`, source, [x, y], [], 3);
      return tf.engine().makeTensorFromTensorInfo(y).data();
    });
    const places = (threads * (threads - 1)) / 2;
    const expected = Array.from({ length: 3 * threads }, (_, i) => {
      const group = Math.floor(i / threads);
      const sum = values.slice(group * threads, (group + 1) * threads).reduce((a, b) => a + b, 0);
      return sum + 1e4 * threads + places + threads * group;
    });
    expect([...found]).toEqual(expected);
  });
});
