import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, type TensorFile } from '../lib/safetensors.ts';
import { crossEntropy, gradientsOf, readVariant, VARIANTS, type Variant } from '../models/testing/language.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { Reader } from '../nn/generate.ts';
import { fromDisk } from '../nn/layout.ts';
import { Learner } from '../nn/learner.ts';
import { tensorCount } from '../nn/memory.ts';
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

/** As `scripts/models/prompt_fixtures.py` has them. */
const METHODS = [
  ['soft-prompt', { tokens: 3 }],
  ['prefix', { tokens: 3 }],
  ['adapter', { width: 5 }],
] as const satisfies readonly (readonly [keyof typeof METHOD_ENGINES, OptionValues])[];

const CASES = METHODS.flatMap(([method, options]) =>
  (['gpt2', 'bert-cls'] as const).map((variant) => ({ method, options, variant })),
);

interface Tuned extends Variant {
  values: WeightValues;
  trainable: ReadonlySet<string>;
  /** What the reference made of the method: logits, and by weight value and gradient. */
  reference: TensorFile;
}

async function tuned({ method, options, variant }: (typeof CASES)[number]): Promise<Tuned> {
  const which = VARIANTS.find((one) => one.variant === variant)!;
  const base = await readVariant(which, read);
  const reference = readSafetensors(await read(`src/methods/fixtures/${method}-${variant}.safetensors`), method);
  const chosen = METHOD_ENGINES[method].method(options, base.architecture);
  const architecture = chosen.apply(base.architecture);
  const shape = profile(architecture);
  const values = new Map(
    [...shape.weights].map(([name, spec]) => {
      const raw = base.weights.get(name) ?? reference.get(`weight/${name}`);
      const data = raw && fromDisk(raw, spec);
      if (!data) throw new Error(`${name} is missing or has another shape`);
      return [name, data] as const;
    }),
  );
  const trainable = new Set(
    weightUses(shape)
      .filter((use) => chosen.trainable(use, architecture))
      .map(({ name }) => name),
  );
  return { ...base, architecture, values, trainable, reference };
}

describe.each(CASES)('$method on a small random $variant', (which) => {
  let tried: Tuned;
  beforeAll(async () => {
    tried = await tuned(which);
  });

  it.each(['wasm', 'cpu'])('logits on %s within 1e-4 of the reference, and no tensor is left', async (backend) => {
    await tf.setBackend(backend);
    const before = tensorCount();
    const network = new Network(tried.architecture, tried.values);
    const logits = await network.logits({ kind: 'arrays', batch: tried.inputs });
    expect(greatestDifference(logits, tried.reference.get('logits')!.data as Float32Array)).toBeLessThan(1e-4);
    // the test is worth something: without the method they are others
    const plain = tried.expected.get('logits')!.data as Float32Array;
    expect(greatestDifference(logits, plain)).toBeGreaterThan(1e-2);
    network.dispose();
    expect(tensorCount()).toBe(before);
  });

  it.each(['wasm', 'cpu'])('gradients on %s within 1e-3 of the reference, of what trains alone', async (backend) => {
    await tf.setBackend(backend);
    const learner = new Learner({
      architecture: tried.architecture,
      values: tried.values,
      trainable: tried.trainable,
      optimizer: OPTIMIZERS.adamw,
      objective: crossEntropy,
      seed: 1,
      batchStatistics: false,
      clipNorm: 0,
    });
    const { gradients } = await gradientsOf(tried, learner);
    learner.dispose();
    expect(new Set(gradients.keys())).toEqual(tried.trainable);
    const own = [...tried.reference.keys()].filter((name) => name.startsWith('gradient/'));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) {
      const theirs = tried.reference.get(name)!.data as Float32Array;
      const ours = gradients.get(name.replace('gradient/', ''))!;
      expect(greatestDifference(ours, theirs), name).toBeLessThan(
        1e-3 * Math.max(1, Math.max(...theirs.map(Math.abs))),
      );
    }
  });
});

describe.each(CASES.filter(({ variant }) => variant === 'gpt2'))('writing with $method', (which) => {
  it('reading token by token gives what reading at once gives', async () => {
    await tf.setBackend('wasm');
    const { architecture, values, inputs } = await tuned(which);
    const network = new Network(architecture, values);
    const { data, shape } = inputs.ids!;
    const ids = Array.from(data.slice(0, shape[1]));
    const vocabulary = architecture.vocab!;
    const batch = { ids: { data: Int32Array.from(ids), shape: [1, ids.length], dtype: 'int32' } } as const;
    const whole = (await network.logits({ kind: 'arrays', batch })).slice();
    const before = tensorCount();
    for (const first of [1, 3, ids.length]) {
      const reader = new Reader(() => network);
      let read = ids.slice(0, first);
      for (;;) {
        const logits = await reader.read(read);
        const at = reader.length - 1;
        const expected = whole.subarray(at * vocabulary, (at + 1) * vocabulary);
        expect(greatestDifference(logits, expected), `token ${at}`).toBeLessThan(1e-4);
        if (reader.length === ids.length) break;
        read = [ids[reader.length]!];
      }
      expect(reader.length).toBe(ids.length);
      reader.dispose();
    }
    expect(tensorCount()).toBe(before);
    network.dispose();
  });
});
