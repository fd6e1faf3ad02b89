import * as tf from '@tensorflow/tfjs-core';
import type { Colour, Drawn } from './draw.ts';
import type { AffineMap, Box } from './geometry.ts';
import type { Mix } from './mix.ts';

/** What a preprocessor did to values from 0 to 1: (value - mean) / std, by channel. */
export interface Normalisation {
  mean: readonly number[];
  std: readonly number[];
}

/** Shares of red, green and blue in what is grey (ITU-R BT.601, as torchvision). */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Normalised pictures [B, H, W, C], augmented as drawn; moved first, then coloured, erased and mixed. The caller disposes. */
export function augment(pixels: tf.Tensor4D, { maps, colours, erased, mix }: Drawn, n: Normalisation): tf.Tensor4D {
  return tf.tidy(() => {
    let x = pixels;
    if (maps) x = move(x, maps);
    if (colours) x = recolour(x, colours, n);
    if (erased) x = erase(x, erased);
    if (mix) x = blend(x, mix);
    return x === pixels ? x.clone() : x;
  });
}

/**
 * By whole periods of the reflected picture, so that no place is negative: TensorFlow.js 4.22 reflects only what is beyond
 * the far edges rightly on WebAssembly.
 */
function unsigned([a, b, c, d, e, f]: AffineMap, width: number, height: number): AffineMap {
  const shift = (least: number, size: number) => Math.max(0, 2 * size * Math.ceil(-least / (2 * size)));
  const least = (x: number, y: number, start: number) =>
    start + Math.min(0, x * (width - 1)) + Math.min(0, y * (height - 1));
  return [a, b, c + shift(least(a, b, c), width), d, e, f + shift(least(d, e, f), height)];
}

/** Samples every picture once, bilinearly; beyond its edges a picture is reflected: d c b a | a b c d | d c b a. */
export function move(pixels: tf.Tensor4D, maps: readonly AffineMap[]): tf.Tensor4D {
  const [, height, width] = pixels.shape;
  const rows = tf.tensor2d(
    maps.map((map) => [...unsigned(map, width, height), 0, 0]),
    [maps.length, 8],
  );
  // TensorFlow.js 4.22: the CPU kernel leaves the batch after its first picture
  if (tf.getBackend() !== 'cpu') return tf.image.transform(pixels, rows, 'bilinear', 'reflect');
  const parts = maps.map((_, i) =>
    tf.image.transform(
      tf.slice(pixels, [i, 0, 0, 0], [1, -1, -1, -1]),
      tf.slice(rows, [i, 0], [1, -1]),
      'bilinear',
      'reflect',
    ),
  );
  return tf.concat(parts);
}

/**
 * Brightness, contrast and saturation as torchvision's `adjust_*` define them, in this order on values from 0 to 1, but
 * clamped once at the end. All three are linear given a picture's grey mean m, so they are one product:
 * b c (s x + (1 - s) grey(x)) + (1 - c) b m.
 */
export function recolour(pixels: tf.Tensor4D, colours: readonly Colour[], { mean, std }: Normalisation): tf.Tensor4D {
  const [b, h, w, channels] = pixels.shape;
  const luma = channels === 3 ? LUMA : mean.map(() => 1 / channels);
  const matrices = colours.flatMap((one) => {
    const saturation = channels === 3 ? one.saturation : 1;
    const scale = one.brightness * one.contrast;
    return luma.map((weight, i) =>
      luma.map((_, j) => scale * ((i === j ? saturation : 0) + (1 - saturation) * weight)),
    );
  }); // row i of picture n at n * channels + i
  const inside = matrices.map((row, i) => row.map((value, j) => (value * std[i % channels]!) / std[j]!));
  const fixed = colours.map((one, n) =>
    std.map((deviation, j) => {
      const means = mean.reduce((sum, value, i) => sum + value * matrices[n * channels + i]![j]!, 0);
      const grey = mean.reduce((sum, value, i) => sum + value * luma[i]!, 0);
      return (means + (1 - one.contrast) * one.brightness * grey - mean[j]!) / deviation;
    }),
  );
  const x = tf.reshape(pixels, [b, h * w, channels]); // [B, HW, C]
  const greys = tf.matMul(tf.mean(x, 1), tf.tensor2d(luma.map((weight, i) => [weight * std[i]!]))); // [B, 1], of normalised values
  const pulls = tf.tensor2d(
    colours.map((one) => std.map((deviation) => ((1 - one.contrast) * one.brightness) / deviation)),
  );
  const offset = tf.add(tf.tensor2d(fixed), tf.mul(greys, pulls)); // [B, C]
  const product = tf.matMul(x, tf.tensor3d(inside.flat(), [b, channels, channels]));
  const y = tf.add(product, tf.reshape(offset, [b, 1, channels]));
  return tf.reshape(clamp(y, { mean, std }), [b, h, w, channels]);
}

/** To what 0 and 1 became in each channel. */
function clamp(x: tf.Tensor, { mean, std }: Normalisation): tf.Tensor {
  const [lows, highs] = [0, 1].map((end) => mean.map((value, i) => (end - value) / std[i]!)) as [number[], number[]];
  // where the channels have the same ends, numbers do: a product over the last axis is slow on WebAssembly
  if (new Set(lows).size === 1 && new Set(highs).size === 1) return tf.clipByValue(x, lows[0]!, highs[0]!);
  return tf.minimum(tf.maximum(x, tf.tensor1d(lows)), tf.tensor1d(highs));
}

/** 1 inside each picture's box, else 0, as the outer product of its rows and columns: [B, H, W, C]. */
function mask(boxes: readonly Box[], [b, height, width, channels]: readonly number[]): tf.Tensor4D {
  const inside = (length: number, from: number, size: number) =>
    Float32Array.from({ length }, (_, i) => Number(i >= from && i < from + size));
  const rows = boxes.map((box) => inside(height!, box.top, box.height));
  const columns = boxes.map((box) => inside(width! * channels!, box.left * channels!, box.width * channels!));
  const product = tf.matMul(
    tf.tensor3d(flat(rows), [b!, height!, 1]),
    tf.tensor3d(flat(columns), [b!, 1, width! * channels!]),
  );
  return tf.reshape(product, [b!, height!, width!, channels!]);
}

function flat(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]!.length;
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    all.set(row, i * width);
  });
  return all;
}

/** An erased box becomes 0, which is the mean of the pictures that the model was pretrained on. */
export function erase(pixels: tf.Tensor4D, boxes: readonly Box[]): tf.Tensor4D {
  return tf.sub(pixels, tf.mul(pixels, mask(boxes, pixels.shape)));
}

/** Mixes each picture with its partner's: share x + (1 - share) x', or x' pasted into x. */
export function blend(pixels: tf.Tensor4D, { kind, partners, shares, pasted }: Mix): tf.Tensor4D {
  const { shape } = pixels;
  // as a product with a matrix [B, B]: gathering whole pictures takes ten times as long on WebAssembly
  const combine = (weights: (row: number, column: number) => number) => {
    const rows = partners.map((_, i) => partners.map((_, j) => weights(i, j)));
    return tf.reshape(tf.matMul(tf.tensor2d(rows), tf.reshape(pixels, [shape[0], -1])), shape) as tf.Tensor4D;
  };
  if (kind === 'mixup') return combine((i, j) => (i === j ? shares[i]! : 0) + (j === partners[i] ? 1 - shares[i]! : 0));
  const others = combine((i, j) => Number(j === partners[i]));
  const where = mask(pasted, shape);
  return tf.add(tf.sub(pixels, tf.mul(pixels, where)), tf.mul(others, where));
}
