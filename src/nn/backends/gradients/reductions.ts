/** Gradients of reductions, and of operations whose operands broadcast. */
import * as tf from '@tensorflow/tfjs-core';

type Gradient = tf.GradConfig;

const attribute = (attrs: tf.NamedAttrMap, name: string): number | number[] => attrs[name] as number | number[];

/** `shape` with ones at the reduced axes. */
function keptShape(shape: readonly number[], axis: number | number[]): number[] {
  const axes = new Set(tf.util.parseAxisParam(axis, [...shape]));
  return shape.map((size, i) => (axes.has(i) ? 1 : size));
}

/** Sums what broadcasting repeated: a gradient of the output's shape -> one of the operand's. */
export function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** d sum(x) = dy, repeated. The stock gradient uploads ones of x's size. */
export const sum: Gradient = {
  kernelName: tf.Sum,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attrs) => ({
    x: () => tf.broadcastTo(tf.reshape(dy as tf.Tensor, keptShape(x!.shape, attribute(attrs, 'axis'))), x!.shape),
  }),
};

/** d mean(x) = dy / n, repeated. */
export const mean: Gradient = {
  kernelName: tf.Mean,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const upstream = dy as tf.Tensor;
      const share = tf.div(upstream, x!.size / upstream.size);
      return tf.broadcastTo(tf.reshape(share, keptShape(x!.shape, attribute(attrs, 'axis'))), x!.shape);
    },
  }),
};

/** d tile(x): the sum over the repetitions, axis by axis. The stock gradient slices once a repetition. */
export const tile: Gradient = {
  kernelName: tf.Tile,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const reps = attrs.reps as number[];
      let gradient = dy as tf.Tensor;
      let outer = 1;
      x!.shape.forEach((size, axis) => {
        const repeats = reps[axis]!;
        const inner = gradient.size / (outer * repeats);
        if (repeats > 1) gradient = tf.sum(tf.reshape(gradient, [outer, repeats, inner]), 1);
        outer *= size;
      });
      return tf.reshape(gradient, x!.shape);
    },
  }),
};

/** d (a - b)^2 = 2 (a - b) dy for a; operands may broadcast, which the stock gradient refuses. */
export const squaredDifference: Gradient = {
  kernelName: tf.SquaredDifference,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => {
    const scaled = (from: tf.Tensor, to: tf.Tensor): tf.Tensor => tf.mul(dy as tf.Tensor, tf.mul(tf.sub(from, to), 2));
    return {
      a: () => unbroadcast(scaled(a!, b!), a!.shape),
      b: () => unbroadcast(scaled(b!, a!), b!.shape),
    };
  },
};
