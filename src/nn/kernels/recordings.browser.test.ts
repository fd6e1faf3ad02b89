import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { dropout } from './dropout.ts';
import { dropoutMask } from './random.ts';
import { Recordings, record, replay } from './recordings.ts';
import * as kernels from './sum.ts';

let backend: TrainingBackend;
beforeAll(async () => {
  await startBackend('webgpu');
  backend = trainingBackend()!;
});
afterAll(stopBackend);

const noSeeds = () => 0;
const sum = (a: tf.Tensor, b: tf.Tensor) => tf.engine().makeTensorFromTensorInfo(kernels.sum(backend, a, b));
const kept = (values: readonly number[]) => tf.keep(tf.tensor1d([...values]));

/** 3 x + w, by two kernels with something in between. */
const work = (x: tf.Tensor, w: tf.Tensor) => () => {
  const twice = sum(x, x);
  const thrice = sum(twice, x);
  const y = sum(thrice, w);
  tf.dispose([twice, thrice]);
  return [y];
};

/** Recorded once what lasts is on the device. */
function recorded(x: tf.Tensor, w: tf.Tensor) {
  tf.dispose(work(x, w)());
  let results: tf.Tensor[] = [];
  const recording = record(backend, [x], () => {
    results = work(x, w)();
    return results;
  });
  tf.dispose(results);
  return recording!;
}

describe('a recording', () => {
  it('gives of other inputs what the work would have given, and makes no buffer', async () => {
    const [x, w] = [kept([1, 2, 3]), kept([10, 20, 30])];
    const recording = recorded(x, w);
    expect(recording.commands).toHaveLength(3);
    const before = backend.bufferManager.numBytesUsed;
    for (const values of [
      [4, 5, 6],
      [7, 8, 9],
    ]) {
      const other = tf.tensor1d(values);
      const [y] = replay(backend, recording, [other], noSeeds)!;
      other.dispose();
      expect([...(await y!.data())]).toEqual(values.map((value, i) => 3 * value + 10 * (i + 1)));
      y!.dispose();
    }
    backend.flush();
    expect(backend.bufferManager.numBytesUsed).toBe(before);
    tf.dispose([x, w]);
  });

  it('is not replayed where what it reads lies elsewhere, or where its memory is taken', async () => {
    const x = kept([1, 2, 3]);
    const w = kept([10, 20, 30]);
    const recording = recorded(x, w);
    const held = [...recording.memory].map(() => backend.make([3]));
    expect(replay(backend, recording, [x], noSeeds)).toBeUndefined();
    for (const { dataId } of held) backend.disposeData(dataId);
    const [y] = replay(backend, recording, [x], noSeeds)!;
    y!.dispose();
    w.dispose();
    backend.flush();
    expect(replay(backend, recording, [x], noSeeds)).toBeUndefined();
    x.dispose();
  });

  it('is made anew for a weight that was given another value, whoever still has the one before', async () => {
    const recordings = new Recordings();
    const before = kept([10, 20, 30]);
    const w = tf.variable(before);
    for (let turn = 0; turn < 6; turn++) {
      if (turn === 4) w.assign(tf.tensor1d([1, 2, 3]));
      const x = tf.ones([3]);
      const { y } = recordings.run('', { inputs: [x], lasting: [w] }, noSeeds, () => ({ y: work(x, w)()[0] }));
      expect([...(await y!.data())]).toEqual(turn < 4 ? [13, 23, 33] : [4, 5, 6]);
      tf.dispose([x, y!]);
      backend.settle();
    }
    tf.dispose([before, w]);
  });

  it('is none of work that TensorFlow.js does, or that brings something from the CPU', () => {
    const x = kept([1, 2, 3]);
    expect(record(backend, [x], () => [tf.tidy(() => tf.sin(x))])).toBeUndefined();
    expect(record(backend, [x], () => [sum(x, tf.tensor1d([1, 1, 1]))])).toBeUndefined();
    x.dispose();
  });

  it('draws anew each time, at each shape by numbers of its own', async () => {
    const recordings = new Recordings();
    const rate = 0.5;
    for (const [turn, size] of [8, 5, 8, 5, 8, 5].entries()) {
      const x = tf.ones([size]);
      const seedOf = () => 100 + turn;
      const { y } = recordings.run(`[${size}]`, { inputs: [x], lasting: [] }, seedOf, () => ({
        y: dropout(x, { name: 'here', rate, seed: seedOf(), together: 1 }),
      }));
      expect([...(await y!.data())]).toEqual([...dropoutMask(size, rate, 100 + turn)]);
      tf.dispose([x, y!]);
      backend.settle();
    }
  });

  it('is of results that share their memory', async () => {
    const x = kept([1, 2]);
    const shared = () => {
      const y = sum(x, x);
      return [y, undefined, tf.reshape(y, [2, 1])];
    };
    let first: (tf.Tensor | undefined)[] = [];
    const recording = record(backend, [x], () => {
      first = shared();
      return first;
    });
    tf.dispose(first.filter((y) => y !== undefined));
    const [y, none, column] = replay(backend, recording!, [x], noSeeds)!;
    expect(none).toBeUndefined();
    expect(column!.shape).toEqual([2, 1]);
    y!.dispose();
    expect([...(await column!.data())]).toEqual([2, 4]);
    tf.dispose([x, column!]);
  });
});
