import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamw } from './adamw.ts';
import { CASES } from './gradients.cases.ts';
import { startBackend } from './index.ts';
import { disagreement, relativeError, resultsOn, sample, weigh } from './testing.ts';
import { CONVOLUTIONS, DEPTHWISE, gradients } from './wasm-kernels/convolution.cases.ts';

/** Large enough that every thread gets a part of them. */
const WIDE: [string, number[][], (...x: tf.Tensor[]) => tf.Tensor][] = [
  [
    'rows',
    [
      [1030, 70],
      [70, 33],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'columns',
    [
      [9, 130],
      [130, 1201],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'rows, of several blocks of depth',
    [
      [700, 601],
      [601, 131],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'depth',
    [
      [37, 2600],
      [2600, 41],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'depth, by whole blocks',
    [
      [33, 9001],
      [9001, 41],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'depth, both transposed',
    [
      [2600, 37],
      [41, 2600],
    ],
    (a, b) => tf.matMul(a!, b!, true, true),
  ],
  [
    'a batch',
    [
      [6, 50, 70],
      [6, 70, 65],
    ],
    (a, b) => tf.matMul(a!, b!),
  ],
  [
    'product, bias and activation',
    [[300, 90], [90, 77], [77]],
    (a, b, bias) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias!, activation: 'relu6' }),
  ],
  ['a bias and an activation', [[1030, 70], [70]], (a, b) => tf.relu6(tf.add(tf.relu(a!), b!))],
  [
    'elements',
    [
      [97, 1111],
      [97, 1111],
    ],
    (a, b) => tf.sub(tf.mul(a!, b!), tf.add(a!, b!)),
  ],
  ['e^x', [[97, 1111]], (a) => tf.exp(a!)],
];

beforeAll(async () => {
  expect(crossOriginIsolated).toBe(true);
  // half of the logical cores; the machine that runs the test may have two only
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 8 });
  expect((await startBackend('wasm')).threads).toBe(4);
});

describe('WebAssembly on four threads and shared memory', () => {
  it('has the gradients of every case', async () => {
    for (const { name, shapes, loss } of CASES) {
      const inputs = shapes.map((shape, i) => sample(shape, i + 1));
      expect(await disagreement('wasm', inputs, (...x) => tf.grads(loss)(x)), name).toBeLessThan(1e-5);
    }
  });

  it.each(WIDE)('shares %s', async (_, shapes, compute) => {
    const inputs = shapes.map((shape, i) => sample(shape, i + 1));
    const withGradients = (...x: tf.Tensor[]): tf.Tensor[] => [
      compute(...x),
      ...tf.grads((...y) => weigh(compute(...y)))(x),
    ];
    expect(await disagreement('wasm', inputs, withGradients)).toBeLessThan(1e-5);
    const twice = [await resultsOn('wasm', inputs, withGradients), await resultsOn('wasm', inputs, withGradients)];
    expect(twice[0]).toEqual(twice[1]);
  });

  it('convolves, with gradients', async () => {
    for (const [x, w, strides, pad] of CONVOLUTIONS) {
      const convolve = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor => tf.conv2d(a, b, strides, pad);
      const compute = (a: tf.Tensor, b: tf.Tensor) => [
        convolve(a as tf.Tensor4D, b as tf.Tensor4D),
        ...gradients(convolve)(a, b),
      ];
      expect(await disagreement('wasm', [sample(x, 1), sample(w, 2)], compute), `${x} ${w}`).toBeLessThan(2e-6);
    }
  });

  it('convolves channel by channel, with gradients', async () => {
    for (const [x, w, strides, pad, dilation] of DEPTHWISE) {
      const convolve = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor =>
        tf.depthwiseConv2d(a, b, strides, pad, 'NHWC', dilation);
      const compute = (a: tf.Tensor, b: tf.Tensor) => [
        convolve(a as tf.Tensor4D, b as tf.Tensor4D),
        ...gradients(convolve)(a, b),
      ];
      expect(await disagreement('wasm', [sample(x, 1), sample(w, 2)], compute), `${x} ${w}`).toBeLessThan(2e-6);
    }
  });

  it('moves weights', async () => {
    const numbers = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 0.01, correction: 1.7, keep: 0.98, l2: 0.3 };
    const inputs = [1, 2, 3, 4].map((seed) => sample([67, 1111], seed));
    const whole = (...[w, g, m, v]: tf.Tensor[]) => adamw(w!, g!, [m!, tf.square(v!)], numbers);
    const rows = (...x: tf.Tensor[]) => {
      const each = Array.from({ length: 67 }, (_, row) => whole(...x.map((tensor) => tf.slice(tensor, row, 1))));
      return [0, 1, 2].map((i) => tf.concat(each.map((parts) => parts[i]!)));
    };
    const [shared, alone] = [await resultsOn('wasm', inputs, whole), await resultsOn('wasm', inputs, rows)];
    expect(shared).toEqual(alone);
  });

  it('goes on with the same threads after the heap has grown', async () => {
    const [a, b] = [sample([1030, 70], 1), sample([70, 33], 2)];
    const product = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y);
    const [before] = await resultsOn('wasm', [a, b], product);
    const large = tf.zeros([64, 1024, 1024]);
    const [after] = await resultsOn('wasm', [a, b], product);
    large.dispose();
    expect(relativeError(after!, before!)).toBe(0);
  });
});
