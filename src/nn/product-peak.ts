/** How fast the running backend multiplies matrices at best: what a step's speed is held against. */
import * as tf from '@tensorflow/tfjs-core';
import { trainingBackend } from './kernels/backend.ts';
import { linear } from './kernels/linear.ts';
import { summedMs, timeOperations } from './step-times.ts';

export interface ProductPeak {
  /** Of square matrices. */
  side: number;
  flopsPerSecond: number;
}

/** Larger ones are tried until one takes long enough for the clock. 2,048 takes 16 MiB a matrix. */
const SIDES = [256, 512, 1024, 2048];
const ENOUGH_MS = 10;
/** Products between two looks at the clock, and how often. */
const EACH = 4;
const ROUNDS = 3;

type Product = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor;

/** Ours where the backend has one, and TensorFlow.js's: the better one counts. */
const products = (): readonly Product[] =>
  trainingBackend() ? [(a, b) => linear(a, { weights: [b] }), (a, b) => tf.matMul(a, b)] : [(a, b) => tf.matMul(a, b)];

/** Milliseconds of a product: by the device's clock, else by ours, until the device has done them all. */
async function timed(product: Product, a: tf.Tensor2D, b: tf.Tensor2D): Promise<number> {
  const backend = trainingBackend();
  const read = timeOperations();
  const began = performance.now();
  for (let i = 0; i < EACH; i++) product(a, b).dispose();
  const times = read();
  if (backend) await backend.device.queue.onSubmittedWorkDone();
  const byClock = performance.now() - began;
  return (summedMs(await times) || byClock) / EACH;
}

/** The best rate of a few rounds, in single precision, on matrices of the smallest size that keeps the device busy. */
export async function productPeak(): Promise<ProductPeak> {
  let peak: ProductPeak = { side: 0, flopsPerSecond: 0 };
  for (const side of SIDES) {
    const [a, b] = [tf.fill([side, side], 0.5), tf.fill([side, side], 0.25)] as [tf.Tensor2D, tf.Tensor2D];
    let shortest = Number.POSITIVE_INFINITY;
    try {
      for (const product of products()) {
        // the first compiles
        await timed(product, a, b);
        for (let round = 0; round < ROUNDS; round++) shortest = Math.min(shortest, await timed(product, a, b));
      }
    } finally {
      tf.dispose([a, b]);
    }
    const flopsPerSecond = (2 * side ** 3) / (shortest / 1000);
    if (flopsPerSecond > peak.flopsPerSecond) peak = { side, flopsPerSecond };
    if (shortest >= ENOUGH_MS) break;
  }
  return peak;
}
