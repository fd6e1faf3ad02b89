import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../backends/index.ts';
import { tensorCount } from '../memory.ts';
import { augment } from './apply.ts';
import { CHECKS, distance, NOTHING, TOLERANCE } from './cases.ts';
import { draw } from './draw.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each(CHECKS)('$name', async ({ run }) => {
    expect(distance(await run())).toBeLessThan(TOLERANCE);
  });
});

const everything = {
  flipHorizontal: true,
  flipVertical: true,
  crop: 0.5,
  rotate: 30,
  colour: 0.4,
  erase: 1,
  mixup: 0.4,
  cutmix: 1,
  synonyms: 0,
  swap: 0,
  deletion: 0,
  views: 1,
};

describe('augmenting', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });

  it('keeps no tensor over 50 batches', () => {
    const pixels = tf.ones([4, 9, 7, 3]) as tf.Tensor4D;
    const before = tensorCount();
    for (let view = 0; view < 50; view++) {
      const drawn = draw(everything, { seed: 1, view, ids: [5, 6, 7, 8], first: 0 }, { width: 7, height: 9 });
      augment(pixels, drawn, { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.3] }).dispose();
    }
    expect(tensorCount()).toBe(before);
    pixels.dispose();
  });

  it('gives a tensor of its own where nothing is drawn', async () => {
    const pixels = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    const same = augment(pixels, NOTHING, { mean: [0], std: [1] });
    pixels.dispose();
    expect([...(await same.data())]).toEqual([1, 1, 1, 1]);
    same.dispose();
  });

  it('flips without changing a value: to the bit', async () => {
    const pixels = tf.randomUniform([3, 5, 7, 3]) as tf.Tensor4D;
    const o = { ...everything, crop: 0, rotate: 0, colour: 0, erase: 0, mixup: 0, cutmix: 0 };
    const drawn = draw(o, { seed: 3, view: 0, ids: [1, 2, 3], first: 0 }, { width: 7, height: 5 });
    const flipped = augment(pixels, drawn, { mean: [0, 0, 0], std: [1, 1, 1] });
    const [before, after] = await Promise.all([pixels.data(), flipped.data()]);
    expect(after).not.toEqual(before);
    expect(after.toSorted()).toEqual(before.toSorted());
    tf.dispose([pixels, flipped]);
  });
});
