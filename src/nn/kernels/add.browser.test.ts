import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { add } from './add.ts';
import { dispatchesOf, gapOf } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

describe('a sum', () => {
  it('of two values, one of which is read again', async () => {
    const gap = await gapOf(
      [sample([3, 5, 7], 1), sample([3, 5, 7], 2)],
      (a, b) => add(add(a!, b!), a!),
      (a, b) => tf.add(tf.add(a!, b!), a!),
    );
    expect(gap).toBeLessThan(1e-6);
  });

  it('of gradients goes where the first of them lies, if nobody else reads that', async () => {
    const a = tf.tensor([1, -2, 3]);
    const [doubled, dy] = [tf.tensor([2, -4, 6]), tf.tensor([1, 10, 100])];
    const gradient = (grown: boolean) => {
      const tape = new Tape([a]);
      const [y, z] = tape.record(() => [grown ? tf.mul(a, 2) : add(a, a), grown ? tf.mul(a, 3) : add(a, doubled)]);
      let found: tf.Tensor | undefined;
      const names = dispatchesOf(() => {
        [found] = tape.backward([
          { of: y!, dy },
          { of: z!, dy },
        ]);
      });
      return { names: names.filter((name) => name.startsWith('sum')), values: found!.data() };
    };
    // the gradient of a sum is what came, which others hold; that of a product is the product's own
    const [shared, own] = [gradient(false), gradient(true)];
    expect(shared.names[0]).toBe('sum');
    expect(own.names).toEqual(['sum.inPlace']);
    expect([...(await shared.values)]).toEqual([3, 30, 300]);
    expect([...(await own.values)]).toEqual([5, 50, 500]);
    expect([...(await dy.data())]).toEqual([1, 10, 100]);
  });
});
