import type * as tf from '@tensorflow/tfjs-core';
import { type Give, normalise } from './norm.ts';

/**
 * y = s / √(mean(s²) + eps) scale over the last axis, s = x + residual (Zhang and Sennrich 2019, equation 4): one
 * dispatch, two back, or one where the scale is frozen. x and residual [..., D], scale [D].
 */
export const addRmsNorm = (
  x: tf.Tensor,
  residual: tf.Tensor | undefined,
  scale: tf.Tensor,
  eps: number,
  give: Give,
): tf.Tensor[] => normalise({ x, residual, scale, eps, give });
