import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, type TensorFile } from '../lib/safetensors.ts';
import { batchOf, crossEntropy, gradientsOf, readVariant, VARIANTS, type Variant } from '../models/testing/language.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { type Architecture, type Method, stage } from '../nn/core.ts';
import { fromDisk } from '../nn/layout.ts';
import { Learner } from '../nn/learner.ts';
import { Network } from '../nn/network.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { profile, weightUses } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { OptionValues } from '../protocol/options.ts';
import { METHOD_ENGINES } from './engines.ts';
import '@tensorflow/tfjs-backend-cpu';

const root = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, root)));

beforeAll(async () => {
  await startBackend('wasm');
});

/** As `scripts/models/layer_fixtures.py` has them. */
const METHODS = [
  ['lora', { rank: 3, alpha: 5, loraDropout: 0, modules: [] }],
  ['ia3', { modules: [] }],
] as const satisfies readonly (readonly [keyof typeof METHOD_ENGINES, OptionValues])[];

const CASES = METHODS.flatMap(([method, options]) =>
  (['gpt2', 'bert-cls', 'conv'] as const).map((variant) => ({ method, options, variant })),
);

const norm = (name: string) => ({ name, eps: 1e-5 });

/** The network of convolutions that the script has. */
const CONVOLUTIONS: Architecture = {
  inputs: { pixels: { shape: ['B', 8, 8, 3], dtype: 'float32' } },
  output: 'logits',
  stages: [
    stage({
      name: 'convolutions',
      reads: ['pixels'],
      writes: ['x'],
      run(ops, v) {
        const pad = { stride: 2, pad: 1 } as const;
        const stem = ops.conv('stem', v.pixels, { out: 8, kernel: 3, ...pad, norm: norm('bn0'), activation: 'relu6' });
        const point = { out: 12, kernel: 1, stride: 1, pad: 'same', norm: norm('bn1'), activation: 'relu6' } as const;
        return { x: ops.reduce('mean', ops.conv('point', stem, point), [1, 2], false) };
      },
    }),
    stage({
      name: 'hidden',
      reads: ['x'],
      writes: ['x'],
      run: (ops, v) => ({ x: ops.activation('relu', ops.linear('hidden', v.x, { out: 10 })) }),
    }),
    stage({
      name: 'classifier',
      reads: ['x'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('classifier', v.x, { out: 3 }) }),
    }),
  ],
};

type Tried = Omit<Variant, 'expected'>;

async function baseOf(variant: (typeof CASES)[number]['variant'], reference: TensorFile): Promise<Tried> {
  const known = VARIANTS.find((one) => one.variant === variant);
  if (known) return readVariant(known, read);
  const weights: TensorFile = new Map(
    [...reference].filter(([name]) => name.startsWith('base/')).map(([name, raw]) => [name.replace('base/', ''), raw]),
  );
  const { data, shape } = reference.get('pixels')!;
  const pixels = { data: data as Float32Array, shape, dtype: 'float32' } as const;
  return { architecture: CONVOLUTIONS, weights, inputs: { pixels }, targets: batchOf(reference, ['labels']) };
}

interface Tuned extends Tried {
  base: Architecture;
  method: Method;
  values: WeightValues;
  trainable: ReadonlySet<string>;
  /** What peft made of it: logits, and by weight value, gradient, and what it merges to. */
  reference: TensorFile;
}

const parts = (file: TensorFile, kind: string) =>
  [...file]
    .filter(([name]) => name.startsWith(`${kind}/`))
    .map(([name, raw]) => [name.slice(kind.length + 1), raw] as const);

async function tuned({ method: id, options, variant }: (typeof CASES)[number]): Promise<Tuned> {
  const reference = readSafetensors(await read(`src/methods/fixtures/${id}-${variant}.safetensors`), id);
  const tried = await baseOf(variant, reference);
  const method = METHOD_ENGINES[id].method(options, tried.architecture);
  const architecture = method.apply(tried.architecture);
  const shape = profile(architecture);
  const values = new Map(
    [...shape.weights].map(([name, spec]) => {
      const raw = tried.weights.get(name) ?? reference.get(`weight/${name}`);
      const data = raw && fromDisk(raw, spec);
      if (!data) throw new Error(`${name} is missing or has another shape`);
      return [name, data] as const;
    }),
  );
  const moves = weightUses(shape).filter((use) => method.trainable(use, architecture));
  const trainable = new Set(moves.map(({ name }) => name));
  return { ...tried, base: tried.architecture, architecture, method, values, trainable, reference };
}

const learnerOf = ({ architecture, values, trainable }: Tuned): Learner =>
  new Learner({
    architecture,
    values,
    trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: crossEntropy,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
  });

async function logitsOf(architecture: Architecture, values: WeightValues, { inputs }: Tried): Promise<Float32Array> {
  const network = new Network(architecture, values);
  const logits = await network.logits({ kind: 'arrays', batch: inputs });
  network.dispose();
  return logits;
}

describe.each(CASES)('$method on a small random $variant against peft', (which) => {
  let tried: Tuned;
  let theirs: Float32Array;
  beforeAll(async () => {
    tried = await tuned(which);
    theirs = tried.reference.get('logits')!.data as Float32Array;
  });

  it('has the weights that peft has, by their names and shapes', () => {
    const own = [...tried.values.keys()].filter((name) => !tried.weights.has(name));
    expect(own.toSorted()).toEqual(
      parts(tried.reference, 'weight')
        .map(([name]) => name)
        .toSorted(),
    );
    expect([...tried.trainable].toSorted()).toEqual(
      parts(tried.reference, 'gradient')
        .map(([name]) => name)
        .toSorted(),
    );
  });

  it.each(['wasm', 'cpu'])('logits on %s within 1e-4', async (backend) => {
    await tf.setBackend(backend);
    const ours = await logitsOf(tried.architecture, tried.values, tried);
    expect(greatestDifference(ours, theirs)).toBeLessThan(1e-4);
    // the test is worth something: without the method they are others
    const plain = await logitsOf(tried.base, tried.values, tried);
    expect(greatestDifference(ours, plain)).toBeGreaterThan(1e-2);
  });

  it.each(['wasm', 'cpu'])('gradients on %s within 1e-3, of what trains alone', async (backend) => {
    await tf.setBackend(backend);
    const learner = learnerOf(tried);
    const { gradients } = await gradientsOf({ ...tried, expected: tried.reference }, learner);
    learner.dispose();
    for (const [name, raw] of parts(tried.reference, 'gradient')) {
      const expected = raw.data as Float32Array;
      const limit = 1e-3 * Math.max(1, Math.max(...expected.map(Math.abs)));
      expect(greatestDifference(gradients.get(name)!, expected), name).toBeLessThan(limit);
    }
  });

  it('makes no gradient of a frozen matrix', async () => {
    await tf.setBackend('wasm');
    const learner = learnerOf(tried);
    const { kernels } = await tf.profile(() => {
      const { loss, correct, gradients } = learner.gradients({ kind: 'arrays', batch: tried.inputs }, tried.targets, 0);
      tf.dispose([correct, ...gradients.values()]);
      return loss;
    });
    learner.dispose();
    const size = (shape: readonly number[]) => String(shape.filter((side) => side > 1));
    const products = kernels.filter(({ name }) => /MatMul|BackpropFilter/.test(name));
    const made = new Set(products.flatMap(({ outputShapes }) => outputShapes.map((shape) => size(shape ?? []))));
    const shapes = [...profile(tried.architecture).weights].filter(([, { role }]) => role === 'kernel');
    const of = (trains: boolean) => shapes.filter(([name]) => tried.trainable.has(name) === trains);
    const frozen = of(false).map(([, { shape }]) => size(shape));
    const trained = new Set(of(true).map(([, { shape }]) => size(shape)));
    expect(frozen.filter((shape) => !trained.has(shape) && made.has(shape))).toEqual([]);
    expect([...trained].every((shape) => made.has(shape))).toBe(true);
  });

  it('merges to what peft merges to, which computes the same', async () => {
    await tf.setBackend('wasm');
    const { weights } = profile(tried.base);
    const merged = tried.method.merge!(tried.values, profile(tried.architecture).weights);
    expect([...merged.keys()].toSorted()).toEqual([...weights.keys()].toSorted());
    const moved = parts(tried.reference, 'merged');
    for (const [name, raw] of moved)
      expect(greatestDifference(merged.get(name)!, fromDisk(raw, weights.get(name)!)!), name).toBeLessThan(1e-5);
    const others = [...merged].filter(([name, values]) => greatestDifference(values, tried.values.get(name)!) > 0);
    expect(others.map(([name]) => name).toSorted()).toEqual(moved.map(([name]) => name).toSorted());
    const ours = await logitsOf(tried.architecture, tried.values, tried);
    expect(greatestDifference(await logitsOf(tried.base, merged, tried), ours)).toBeLessThan(1e-4);
  });
});

describe('what does not fit', () => {
  it('a rank larger than a matrix, and layers that there are not', async () => {
    const { architecture } = await readVariant(VARIANTS[0], read);
    const problemOf = (options: OptionValues) => {
      try {
        METHOD_ENGINES.lora.method({ alpha: 16, loraDropout: 0, ...options }, architecture);
        return undefined;
      } catch (error) {
        return (error as { problem?: unknown }).problem;
      }
    };
    expect(problemOf({ rank: 16, modules: [] })).toBeUndefined();
    const module = 'bert.encoder.layer.0.attention.self.query';
    expect(problemOf({ rank: 17, modules: [] })).toMatchObject({
      code: 'rank-too-large',
      values: { rank: 17, most: 16, module },
    });
    expect(problemOf({ rank: 4, modules: ['c_attn'] })).toMatchObject({
      code: 'modules-none',
      values: { modules: 'c_attn' },
    });
  });
});
