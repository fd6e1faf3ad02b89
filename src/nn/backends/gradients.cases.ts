/** Scalar functions whose gradients the tests check, against slopes in Node and against the CPU on WebGPU. */
import * as tf from '@tensorflow/tfjs-core';
import { weigh } from './testing.ts';

export interface GradientCase {
  name: string;
  shapes: number[][];
  loss: (...x: tf.Tensor[]) => tf.Tensor;
  tolerance?: number;
}

const as4 = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

export const CASES: GradientCase[] = [
  { name: 'sum over the first axis', shapes: [[5, 3]], loss: (x) => weigh(tf.sum(tf.square(x!), 0)) },
  { name: 'sum over the last axis, kept', shapes: [[5, 3]], loss: (x) => weigh(tf.sum(tf.square(x!), -1, true)) },
  { name: 'sum over inner axes', shapes: [[2, 3, 4, 3]], loss: (x) => weigh(tf.sum(tf.square(x!), [1, 2])) },
  { name: 'sum over everything', shapes: [[4, 3]], loss: (x) => tf.sum(tf.square(x!)) },
  { name: 'mean over inner axes', shapes: [[2, 3, 4, 3]], loss: (x) => weigh(tf.mean(tf.square(x!), [1, 2])) },
  { name: 'mean over apart axes', shapes: [[2, 3, 4, 3]], loss: (x) => weigh(tf.mean(tf.square(x!), [0, 2])) },
  { name: 'mean over everything', shapes: [[5]], loss: (x) => tf.mean(tf.square(x!)) },
  { name: 'tile', shapes: [[2, 1, 3]], loss: (x) => weigh(tf.tile(x!, [2, 3, 2])) },
  { name: 'bias added to images', shapes: [[2, 3, 3, 5], [5]], loss: (x, b) => weigh(tf.square(tf.add(x!, b!))) },
  { name: 'bias added to rows', shapes: [[7, 3], [3]], loss: (x, b) => weigh(tf.square(tf.add(x!, b!))) },
  {
    name: 'squaredDifference that broadcasts',
    shapes: [
      [2, 4, 3],
      [4, 1],
    ],
    loss: (a, b) => weigh(tf.squaredDifference(a!, b!)),
  },
  {
    name: 'matMul with a shared right operand',
    shapes: [
      [2, 3, 4],
      [4, 5],
    ],
    loss: (a, b) => weigh(tf.square(tf.matMul(a!, b!))),
  },
  {
    name: 'matMul with a shared right operand, transposed',
    shapes: [
      [2, 3, 4],
      [1, 5, 4],
    ],
    loss: (a, b) => weigh(tf.square(tf.matMul(a!, b!, false, true))),
  },
  {
    name: 'matMul with a shared left operand, transposed',
    shapes: [
      [1, 4, 3],
      [2, 4, 5],
    ],
    loss: (a, b) => weigh(tf.square(tf.matMul(a!, b!, true, false))),
  },
  {
    name: 'matMul of batches, both transposed',
    shapes: [
      [2, 4, 3],
      [2, 5, 4],
    ],
    loss: (a, b) => weigh(tf.square(tf.matMul(a!, b!, true, true))),
  },
  {
    name: '1x1 convolution',
    shapes: [
      [2, 3, 5, 4],
      [1, 1, 4, 3],
    ],
    loss: (x, w) => weigh(tf.square(tf.conv2d(as4(x!), as4(w!), 1, 'same'))),
  },
  {
    name: '1x1 convolution of stride 2',
    shapes: [
      [2, 3, 5, 4],
      [1, 1, 4, 3],
    ],
    loss: (x, w) => weigh(tf.square(tf.conv2d(as4(x!), as4(w!), 2, 'same'))),
  },
  {
    name: 'average pooling, same, overlapping edges',
    shapes: [[2, 5, 6, 2]],
    loss: (x) => weigh(tf.square(tf.avgPool(as4(x!), 3, 1, 'same'))),
  },
  {
    name: 'average pooling, same, stride 2',
    shapes: [[2, 5, 6, 2]],
    loss: (x) => weigh(tf.square(tf.avgPool(as4(x!), 3, 2, 'same'))),
  },
  {
    name: 'average pooling, valid',
    shapes: [[1, 5, 6, 2]],
    loss: (x) => weigh(tf.square(tf.avgPool(as4(x!), 2, 2, 'valid'))),
  },
  {
    name: 'average pooling, explicit padding',
    shapes: [[1, 5, 5, 2]],
    loss: (x) => weigh(tf.square(tf.avgPool(as4(x!), 3, 2, 1))),
  },
  {
    name: 'batch normalisation',
    shapes: [[2, 3, 2, 3], [3], [3], [3], [3]],
    loss: (x, mean, variance, offset, scale) =>
      weigh(
        tf.square(
          tf.batchNorm(
            as4(x!),
            mean as tf.Tensor1D,
            tf.add(tf.square(variance!), 1) as tf.Tensor1D,
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
            1e-3,
          ),
        ),
      ),
  },
  {
    name: 'rows of a table, some taken twice',
    shapes: [[5, 3]],
    loss: (x) => weigh(tf.square(tf.gather(x!, tf.tensor2d([0, 4, 4, 1, 0, 4], [2, 3], 'int32')))),
  },
  { name: 'columns of a table', shapes: [[3, 4]], loss: (x) => weigh(tf.square(tf.gather(x!, [2, 0, 2], 1))) },
  // The slope is taken across the kinks of some elements when steps are large: a few samples, none near 0 or 6.
  { name: 'relu6', shapes: [[9]], loss: (x) => weigh(tf.relu6(tf.add(tf.mul(x!, 5), 3.3))) },
  {
    name: 'where of a taped condition',
    shapes: [[9]],
    loss: (x) => weigh(tf.where(tf.greater(x!, 0), tf.square(x!), x!)),
  },
];
