import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { halvesToFloats } from '../../lib/half.ts';
import { uniform } from '../../lib/random.ts';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample, weigh } from '../backends/testing.ts';
import { memoryBytes } from '../memory.ts';
import { gradients } from '../tape.ts';
import { Arena, layOut } from './arena.ts';
import { trainingBackend } from './backend.ts';
import { convolution } from './convolution.ts';
import { embed } from './embed.ts';
import { type HalfForm, halfFormOf } from './half-weights.ts';
import { linear } from './linear.ts';
import { lowRankConvolution } from './low-rank-convolution.ts';
import { faultless } from './testing.ts';
import { readsHalves } from './way-probe.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const backend = () => trainingBackend()!;
const size = (shape: readonly number[]) => tf.util.sizeFromShape([...shape]);
const bitsOf = (values: ArrayLike<number>) => [...new Int32Array(Float32Array.from(values).buffer)];

/** Halves of all sizes up to 1, subnormal ones too. */
function halves(shape: readonly number[], seed: number): Float32Array {
  const next = uniform(seed);
  const half = () => Math.floor(next() * 0x3c01) + (next() < 0.5 ? 0x8000 : 0);
  return halvesToFloats(Uint16Array.from({ length: size(shape) }, half));
}
/** One that a network has. */
function weight(shape: readonly number[], values: Float32Array): tf.Tensor {
  const w = tf.tensor(values, [...shape]);
  backend().mayBeHalves.add(w.dataId);
  return w;
}

type Shapes = readonly (readonly number[])[];
interface Case {
  name: string;
  /** Values and gradients are taken of these. */
  inputs: Shapes;
  weights: Shapes;
  run(inputs: tf.Tensor[], weights: tf.Tensor[]): tf.Tensor;
}

const ids = () => tf.tensor([1, 6, 1, 0, 3, 6], [2, 3], 'int32');
const window = { stride: 2, pad: 'same' } as const;
const ones = (n: number) => tf.ones([n]);
const CASES: Case[] = [
  {
    name: 'a linear layer',
    inputs: [[5, 33], [35]],
    weights: [[33, 35]],
    run: ([x, bias], [w]) => linear(x!, { weights: [w!], biases: [bias!], activation: 'gelu' }),
  },
  {
    name: 'three transposed ones side by side',
    inputs: [[4, 17]],
    weights: [
      [9, 17],
      [3, 17],
      [21, 17],
    ],
    run: ([x], weights) => linear(x!, { weights, transposed: true }),
  },
  {
    name: 'one with a low-rank pair',
    inputs: [
      [5, 33],
      [33, 2],
      [2, 35],
    ],
    weights: [[33, 35]],
    run: ([x, a, b], [w]) => linear(x!, { weights: [w!], lowRank: [{ a: a!, b: b!, scale: 2 }] }),
  },
  {
    name: 'a convolution, its norm learning',
    inputs: [[2, 9, 7, 3], [5], [5]],
    weights: [[3, 3, 3, 5]],
    run: ([x, scale, shift], [w]) => {
      const norm = { scale: scale!, shift: shift!, mean: ones(5), variance: ones(5), eps: 1e-3 };
      return convolution(x!, w!, { ...window, norm, activation: 'relu6' });
    },
  },
  {
    name: 'a depthwise convolution',
    inputs: [[2, 9, 7, 5], [5]],
    weights: [[3, 3, 5, 1]],
    run: ([x, bias], [w]) => convolution(x!, w!, { ...window, depthwise: true, bias: bias! }),
  },
  {
    name: 'a convolution with a low-rank pair',
    inputs: [
      [2, 9, 7, 3],
      [3, 3, 3, 2],
      [1, 1, 2, 5],
    ],
    weights: [[3, 3, 3, 5]],
    run: ([x, a, b], [w]) => lowRankConvolution(x!, w!, { a: a!, b: b!, scale: 2 }, window)[0]!,
  },
  {
    name: 'embeddings',
    inputs: [[7, 5]],
    weights: [
      [4, 5],
      [2, 5],
    ],
    run: ([tokens], [positions, types]) =>
      embed(ids(), { tokens: tokens!, positions: positions!, types: types!, typeIds: tf.onesLike(ids()) }),
  },
];

/** Values and gradients, as bits, with weights that lie as `form` says. */
async function results({ inputs, weights, run }: Case, form: HalfForm | undefined): Promise<number[][]> {
  backend().halves = form;
  const given = inputs.map((shape, i) => tf.tensor(sample([...shape], i + 1).values, [...shape]));
  const frozen = weights.map((shape, i) => weight(shape, halves(shape, i + 1)));
  const all = await faultless(async () => {
    let value: tf.Tensor | undefined;
    const { grads } = gradients(
      () => {
        value = tf.keep(run(given, frozen));
        return weigh(value) as tf.Scalar;
      },
      given,
      tf.scalar(1),
    );
    return Promise.all([value!, ...grads].map(async (each) => bitsOf((await each!.data()) as Float32Array)));
  });
  // each of them did lie in halves, or none
  for (const { dataId } of frozen) expect(backend().tensorMap.get(dataId)!.half !== undefined).toBe(form !== undefined);
  tf.dispose(frozen);
  return all;
}

/** Two of a word on every device; by the language where it has them. */
const forms = () => [...new Set<HalfForm>(['u32', halfFormOf(backend().device)])];

describe('a weight in half precision', () => {
  it.each(CASES)('comes to the bits of one at full width: $name', async (one) => {
    const wide = await results(one, undefined);
    for (const form of forms()) expect(await results(one, form)).toEqual(wide);
  });

  it('is read as it is, whatever its size', async () => {
    expect(await readsHalves(backend())).toBe(true);
  });
});

describe('while it lies so', () => {
  const shape = [33, 64] as const;
  const product = (w: tf.Tensor) => tf.tidy(() => linear(tf.ones([1, 33]), { weights: [w] }));
  let before = 0;
  beforeAll(() => {
    backend().halves = halfFormOf(backend().device);
    before = memoryBytes();
  });
  afterEach(() => {
    backend().flush();
    expect(memoryBytes()).toBe(before);
  });
  /** Brought to the device by a product. */
  function lying(values = halves(shape, 3)): tf.Tensor {
    const w = weight(shape, values);
    product(w).dispose();
    backend().flush();
    return w;
  }

  it('takes half of the memory, and all of it where one value would lose by it', () => {
    const exact = lying();
    expect(memoryBytes() - before).toBe(2 * size(shape));
    exact.dispose();
    const values = halves(shape, 3);
    values[5] = 0.1;
    const inexact = lying(values);
    expect(memoryBytes() - before).toBe(4 * size(shape));
    inexact.dispose();
  });

  it('is read back as it was', async () => {
    const w = lying();
    expect(bitsOf(await w.data())).toEqual(bitsOf(halves(shape, 3)));
    w.dispose();
  });

  it('has its full width for other kernels until they are submitted', async () => {
    const w = lying();
    const twice = tf.add(w, w);
    // with the uniforms of a kernel of TensorFlow.js
    expect(memoryBytes() - before).toBeGreaterThan((2 + 4 + 4) * size(shape));
    backend().flush();
    expect(memoryBytes() - before).toBe((2 + 4) * size(shape));
    expect(bitsOf(await twice.data())).toEqual(bitsOf(halves(shape, 3).map((value) => 2 * value)));
    tf.dispose([w, twice]);
  });

  it('may be let go of while they wait', async () => {
    const w = lying();
    const twice = tf.add(w, w);
    w.dispose();
    const values = await twice.data();
    expect(bitsOf(values)).toEqual(bitsOf(halves(shape, 3).map((value) => 2 * value)));
    twice.dispose();
  });

  it('moves into an arena at full width, to be trained', async () => {
    const w = tf.tidy(() => tf.variable(lying()));
    const [segments] = layOut(new Map([['w', w]]), backend().device.limits);
    const arena = new Arena(backend(), segments!, 0);
    backend().relocate(w, arena.place(segments![0]!, arena.weights));
    expect(backend().tensorMap.get(w.dataId)!.half).toBeUndefined();
    const y = product(w);
    expect(bitsOf(await w.data())).toEqual(bitsOf(halves(shape, 3)));
    tf.dispose([w, y]);
    arena.free();
  });
});
