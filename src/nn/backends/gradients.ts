/** Gradients, for every backend, that TensorFlow.js 4.22 has wrong, refuses, or computes at needless cost. */
import * as tf from '@tensorflow/tfjs-core';

// after the core, which it finds half made otherwise
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';

import { relu, relu6 } from './activation-gradients.ts';
import { geluNewGradient } from './gelu-new.ts';
import { gather } from './gradients/gather.ts';
import { avgPool, batchNorm, comparison } from './gradients/images.ts';
import { batchMatMul, conv2d } from './gradients/products.ts';
import { mean, squaredDifference, sum, tile } from './gradients/reductions.ts';
import { layerNormGradient } from './layer-norm.ts';

const COMPARISONS = [tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual];

function replaceGradient(config: tf.GradConfig): void {
  if (tf.getGradient(config.kernelName)) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

let registered = false;

/** Registers the gradients in place of the stock ones; once, however often it is called. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  for (const config of [
    sum,
    mean,
    tile,
    squaredDifference,
    batchMatMul,
    batchNorm,
    relu,
    relu6,
    geluNewGradient,
    layerNormGradient,
  ])
    replaceGradient(config);
  replaceGradient(avgPool(tf.getGradient(tf.AvgPool)));
  replaceGradient(conv2d(tf.getGradient(tf.Conv2D)));
  replaceGradient(gather(tf.getGradient(tf.GatherV2)));
  for (const name of COMPARISONS) replaceGradient(comparison(name));
}
