/** What the kernels of a convolution share. */
import type * as tf from '@tensorflow/tfjs-core';
import { type Geometry, isPointwise, type WindowOptions, windowKey } from './conv-geometry.ts';
import { type BufferSpec, reads } from './kernel.ts';

export interface ConvolutionOptions extends WindowOptions {
  /** The kernel is [h, w, C, 1]: every channel on its own. Else [h, w, C, O]. */
  depthwise?: boolean | undefined;
  /** Frozen batch normalisation (Ioffe and Szegedy 2015): scale and shift train, mean and variance stand still. All [O]. */
  norm?: { scale: tf.Tensor; shift: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor; eps: number } | undefined;
  /** [O]; not with a norm. */
  bias?: tf.Tensor | undefined;
  /** Of the result's shape, added before the activation. */
  residual?: tf.Tensor | undefined;
  activation?: 'relu' | 'relu6' | undefined;
}

/** What the text of the kernels of one convolution depends on. */
export interface Form {
  g: Geometry;
  depthwise: boolean;
  normed: boolean;
  biased: boolean;
  activation: 'relu' | 'relu6' | undefined;
}

export const keyOf = ({ g, depthwise, normed, biased, activation }: Form): string =>
  [
    windowKey(g),
    isPointwise(g) ? 'p' : '',
    depthwise ? 'd' : '',
    normed ? 'n' : biased ? 'b' : '',
    activation ?? 'none',
  ].join('/');

/** `dz(m, o)`: the gradient in front of the activation. */
export const upstreamText = ({ activation }: Form): string => `
fn dz(m : i32, o : i32) -> f32 { let i = m * u.O + o; return dy[i]${activation ? ' * slope(acted[i])' : ''}; }`;
/** `factor(o)`: what the norm multiplies by. */
export const factorText = ({ normed }: Form): string =>
  normed ? 'fn factor(o : i32) -> f32 { return scale[o] * inverseSqrt(variance[o] + u.eps); }' : '';
export const actedBuffer = ({ activation }: Form): BufferSpec[] => (activation ? [reads('acted')] : []);
