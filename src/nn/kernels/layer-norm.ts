import type * as tf from '@tensorflow/tfjs-core';
import { type Give, normalise } from './norm.ts';

/**
 * y = (s - mean) / √(variance + eps) scale + bias over the last axis, s = x + residual (Ba, Kiros and Hinton 2016,
 * equation 3): one dispatch, two back, or one where scale and bias are frozen. x and residual [..., D], scale and bias [D].
 */
export const addLayerNorm = (
  x: tf.Tensor,
  residual: tf.Tensor | undefined,
  scale: tf.Tensor,
  bias: tf.Tensor,
  eps: number,
  give: Give,
): tf.Tensor[] => normalise({ x, residual, scale, bias, eps, give });
