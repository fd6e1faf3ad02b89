/** The same checks on every backend: PyTorch's numbers, and what is erased and mixed in plain JavaScript. */
import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../../lib/random.ts';
import fixture from '../fixtures/augmentation.json' with { type: 'json' };
import { blend, erase, move, type Normalisation, recolour } from './apply.ts';
import type { Colour, Drawn } from './draw.ts';
import { type Box, mapOf } from './geometry.ts';
import type { Mix } from './mix.ts';

/** How far a value from 0 to 1 may be from the reference. */
export const TOLERANCE = 1e-4;

type Shape = [number, number, number, number];

/** What a computation gave, and what it should have given, both of 0 to 1. */
export interface Check {
  name: string;
  run(): Promise<{ actual: ArrayLike<number>; expected: ArrayLike<number> }>;
}

async function values(compute: () => tf.Tensor): Promise<Float32Array> {
  const result = tf.tidy(compute);
  const data = (await result.data()) as Float32Array;
  result.dispose();
  return data;
}

const normalisation = (channels: number): Normalisation => ({
  mean: fixture.mean.slice(0, channels),
  std: fixture.std.slice(0, channels),
});
const normalised = (data: ArrayLike<number>, { mean, std }: Normalisation): Float32Array =>
  Float32Array.from(data, (value, i) => (value - mean[i % mean.length]!) / std[i % std.length]!);
const restored = (data: Float32Array, { mean, std }: Normalisation): Float32Array =>
  data.map((value, i) => value * std[i % std.length]! + mean[i % mean.length]!);

const fromTorch: Check[] = fixture.cases.flatMap((one, i) => {
  const shape = one.shape as Shape;
  const [, height, width, channels] = shape;
  const n = normalisation(channels);
  const pictures = one.pictures.map((byte) => byte / 255);
  const compute = async (change: (x: tf.Tensor4D) => tf.Tensor) =>
    restored(await values(() => change(tf.tensor4d(normalised(pictures, n), shape))), n);
  const maps = one.moves.map(({ crop, ...rest }) => {
    const [left, top, across, down] = crop as Shape;
    const box = { left: left * width, top: top * height, width: across * width, height: down * height };
    return mapOf({ width, height }, { ...rest, crop: box });
  });
  return [
    {
      name: `moves ${shape.join(' x ')} as PyTorch, ${i}`,
      run: async () => ({ actual: await compute((x) => move(x, maps)), expected: one.moved }),
    },
    {
      name: `colours ${shape.join(' x ')} as PyTorch, ${i}`,
      run: async () => ({
        actual: await compute((x) => recolour(x, one.colours as Colour[], n)),
        expected: one.coloured,
      }),
    },
  ];
});

const BOXES: readonly Box[] = [
  { left: 1, top: 2, width: 3, height: 4 },
  { left: 0, top: 0, width: 0, height: 0 },
  { left: 4, top: 0, width: 1, height: 7 },
];
const inside = (box: Box, y: number, x: number) =>
  x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;

/** [B, H, W, C] built value by value. */
function build([b, h, w, c]: Shape, value: (n: number, y: number, x: number, i: number) => number): Float32Array {
  const data = new Float32Array(b * h * w * c);
  let at = 0;
  for (let n = 0; n < b; n++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) for (let k = 0; k < c; k++, at++) data[at] = value(n, y, x, at - n * h * w * c);
  return data;
}

const plain: Check[] = (
  [
    [3, 7, 5, 3],
    [3, 7, 5, 1],
  ] as Shape[]
).flatMap((shape) => {
  const each = shape[1] * shape[2] * shape[3];
  const next = uniform(each);
  const source = Float32Array.from({ length: 3 * each }, next);
  const partners = [2, 0, 1];
  const shares = [0.25, 0.9, 0.5];
  const mix = (kind: Mix['kind']): Mix => ({ kind, partners, shares, pasted: BOXES });
  const compute = (change: (x: tf.Tensor4D) => tf.Tensor) => values(() => change(tf.tensor4d(source, shape)));
  const other = (n: number, i: number) => source[partners[n]! * each + i]!;
  return [
    {
      name: `erases ${shape.join(' x ')}`,
      run: async () => ({
        actual: await compute((x) => erase(x, BOXES)),
        expected: build(shape, (n, y, x, i) => (inside(BOXES[n]!, y, x) ? 0 : source[n * each + i]!)),
      }),
    },
    {
      name: `mixes ${shape.join(' x ')}`,
      run: async () => ({
        actual: await compute((x) => blend(x, mix('mixup'))),
        expected: build(shape, (n, _y, _x, i) => shares[n]! * source[n * each + i]! + (1 - shares[n]!) * other(n, i)),
      }),
    },
    {
      name: `pastes ${shape.join(' x ')}`,
      run: async () => ({
        actual: await compute((x) => blend(x, mix('cutmix'))),
        expected: build(shape, (n, y, x, i) => (inside(BOXES[n]!, y, x) ? other(n, i) : source[n * each + i]!)),
      }),
    },
  ];
});

export const CHECKS: readonly Check[] = [...fromTorch, ...plain];

/** Greatest distance; infinite where the lengths differ or there is no number. */
export function distance({ actual, expected }: Awaited<ReturnType<Check['run']>>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!);
    most = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(most, gap);
  }
  return most;
}

export const NOTHING: Drawn = { maps: undefined, colours: undefined, erased: undefined, mix: undefined };
