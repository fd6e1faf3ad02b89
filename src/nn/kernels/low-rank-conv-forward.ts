/** A convolution and the low-rank pair A, B beside it, forward. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isPointwise, pixelText } from './conv-geometry.ts';
import { type Beside, channelPart, FACTOR, productPart, sidesOf } from './low-rank-conv-parts.ts';
import { drop } from './low-rank-parts.ts';
import { from, fromWeight, into, type Part } from './parts.ts';

/** h = conv(x drop, A) */
export function down(x: TensorInfo, a: TensorInfo, inner: TensorInfo, beside: Beside): Part {
  const sides = sidesOf(beside);
  return productPart(
    'down',
    [sides.out, sides.rank],
    sides.window[1],
    [from('x', x), from('a', a), into('inner', inner)],
    () => ({
      functions: { ...drop(beside.dropped), pixelAt: pixelText(beside.form.g, (i) => `x[${i}] * drop(${i})`) },
      costly: !isPointwise(beside.form.g),
      left: (m, k) => `pixelAt(${m}, ${k})`,
      right: (k, n) => `a[${k} * u.rank + ${n}]`,
      store: (m, n, sum) => `inner[${m} * u.rank + ${n}] = ${sum};`,
    }),
    beside,
  );
}

/** A frozen norm as a factor and a summand of each channel. */
export const fold = (
  norm: Readonly<Record<'scale' | 'shift' | 'mean' | 'variance', tf.Tensor>>,
  inner: TensorInfo,
  beside: Beside,
): Part =>
  channelPart(
    'fold',
    [...(['scale', 'shift', 'mean', 'variance'] as const).map((name) => from(name, norm[name])), into('inner', inner)],
    `let f = scale[o] * inverseSqrt(variance[o] + u.eps);
  inner[${FACTOR} + o] = f;
  inner[${FACTOR} + u.O + o] = shift[o] - mean[o] * f;`,
    beside,
  );

/** y = act(norm(conv(x, w) + bias + s h B) + residual): one sum over the window and the rank. */
export function up(
  given: {
    x: TensorInfo;
    w: TensorInfo;
    b: TensorInfo;
    bias: TensorInfo | undefined;
    residual: TensorInfo | undefined;
  },
  inner: TensorInfo,
  y: TensorInfo,
  beside: Beside,
): Part {
  const sides = sidesOf(beside);
  const { g, normed } = beside.form;
  const { bias, residual } = given;
  const window = sides.window[1];
  return productPart(
    `up${residual ? 'r' : ''}`,
    [sides.out, sides.O],
    `${window} + u.rank`,
    [
      ...[from('x', given.x), fromWeight('w', given.w), from('b', given.b), from('inner', inner)],
      ...[...(bias ? [from('bias', bias)] : []), ...(residual ? [from('residual', residual)] : []), into('y', y)],
    ],
    () => ({
      functions: {
        pixelAt: pixelText(g),
        leftAt: `fn leftAt(m : i32, k : i32) -> f32 {
  if (k < ${window}) { return pixelAt(m, k); }
  return inner[m * u.rank + k - ${window}];
}`,
        rightAt: `fn rightAt(k : i32, n : i32) -> f32 {
  if (k < ${window}) { return wAt(k * u.O + n); }
  return u.scale * b[(k - ${window}) * u.O + n];
}`,
      },
      costly: !isPointwise(g),
      left: (m, k) => `leftAt(${m}, ${k})`,
      right: (k, n) => `rightAt(${k}, ${n})`,
      store(m, n, sum) {
        const biased = `${sum}${bias ? ` + bias[${n}]` : ''}`;
        const after = normed ? `${sum} * inner[${FACTOR} + ${n}] + inner[${FACTOR} + u.O + ${n}]` : biased;
        return `let i = ${m} * u.O + ${n}; y[i] = activate(${after}${residual ? ' + residual[i]' : ''});`;
      },
    }),
    beside,
  );
}
