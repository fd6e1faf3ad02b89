import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../lib/safetensors.ts';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { Network } from '../nn/network.ts';
import { profile } from '../nn/profile.ts';
import { initial } from '../nn/weights.ts';
import { SHIPPED_MODELS } from './metas.ts';
import {
  architectureOf,
  gradientsOf,
  learnerOf,
  readVariant,
  rootMeanSquare,
  VARIANTS,
  type Variant,
} from './testing/language.ts';
import { greatestDifference, valuesOf } from './testing.ts';

const read = async (path: string) => new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());
const LANGUAGE_MODELS = SHIPPED_MODELS.filter(({ input }) => input.kind === 'text');

/** A shipped model whole, with a small head where it has none, and two short texts of different length. */
async function shippedVariant(id: string): Promise<Variant> {
  const config = JSON.parse(new TextDecoder().decode(await read(`models/${id}/config.json`)));
  const architecture = architectureOf({ ...config, num_labels: 2 });
  const weights = new Map(readSafetensors(await read(`models/${id}/model.safetensors`), id));
  for (const [name, spec] of profile(architecture).weights)
    if (name.startsWith('classifier.'))
      weights.set(name, { shape: [...spec.shape].reverse(), data: initial(name, spec, 1) });
  const rows = (values: number[]) => ({ data: Int32Array.from(values), shape: [2, 6], dtype: 'int32' }) as const;
  const mask = rows([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  const vocabulary = architecture.vocab!;
  const all = {
    ids: rows([101, 1045, 2293, 2009, 999, 102, 101, 1037, 2919, 102, 0, 0].map((id) => id % vocabulary)),
    mask,
    types: rows(Array(12).fill(0)),
  };
  const inputs = Object.fromEntries(Object.keys(architecture.inputs).map((name) => [name, all[name as 'ids']]));
  const labels = { data: Int32Array.from([1, 0]), shape: [2], dtype: 'int32' } as const;
  const targets = architecture.perToken ? { targets: all.ids, mask } : { labels };
  return { architecture, weights, expected: new Map(), inputs, targets };
}

/** Gradients of every weight, then one step of the optimizer on the weights as they were. */
async function stepOf(variant: Variant) {
  const learner = learnerOf(variant);
  const { loss, gradients } = await gradientsOf(variant, learner);
  const context = { step: 0, learningRate: 1e-3, weightDecay: 0, momentum: 0.9 };
  const metrics = await learner.step(
    [{ input: { kind: 'arrays', batch: variant.inputs }, targets: variant.targets, count: 1 }],
    context,
  );
  expect(Math.abs(metrics.loss - loss)).toBeLessThan(1e-4);
  const { weights } = await learner.read();
  learner.dispose();
  return { loss, gradients, after: weights };
}

describe('language models on WebGPU', () => {
  const shipped = new Map<string, { variant: Variant; onWasm: Awaited<ReturnType<typeof stepOf>> }>();
  beforeAll(async () => {
    await startBackend('wasm');
    for (const { id } of LANGUAGE_MODELS) {
      const variant = await shippedVariant(id);
      shipped.set(id, { variant, onWasm: await stepOf(variant) });
    }
    await startBackend('webgpu');
  }, 300_000);
  afterAll(stopBackend);

  it.each(VARIANTS)(
    'a small random $variant: outputs within 1e-4 of PyTorch’s, every gradient within 1e-3',
    async (which) => {
      expect(tf.getBackend()).toBe('webgpu');
      const variant = await readVariant(which, read);
      const network = new Network(variant.architecture, valuesOf(variant.architecture, variant.weights));
      const logits = await network.logits({ kind: 'arrays', batch: variant.inputs });
      expect(greatestDifference(logits, variant.expected.get('logits')!.data)).toBeLessThan(1e-4);
      network.dispose();
      const learner = learnerOf(variant);
      const { gradients } = await gradientsOf(variant, learner);
      learner.dispose();
      expect(gradients.size).toBeGreaterThan(20);
      for (const [name, ours] of gradients) {
        const theirs = variant.expected.get(`gradient/${name}`)!.data as Float32Array;
        const scale = /\.(key|k_lin)\.bias$/.test(name) ? 1 : rootMeanSquare(theirs);
        expect(greatestDifference(ours, theirs) / scale, name).toBeLessThan(1e-3);
      }
    },
  );

  it.each(LANGUAGE_MODELS)(
    '$id: gradients of a full training step equal WASM’s within 1e-3',
    async ({ id }) => {
      expect(tf.getBackend()).toBe('webgpu');
      const { variant, onWasm } = shipped.get(id)!;
      const { loss, gradients, after } = await stepOf(variant);
      expect(Math.abs(loss - onWasm.loss)).toBeLessThan(1e-3);
      for (const [name, expected] of onWasm.gradients) {
        const gap = greatestDifference(gradients.get(name)!, expected);
        expect(gap / Math.max(1, rootMeanSquare(expected)), name).toBeLessThan(1e-3);
      }
      // Adam's first step moves every weight by about the learning rate, whatever the gradient's size
      const moved = [...after].filter(([name, data]) => greatestDifference(data, onWasm.after.get(name)!) > 2.1e-3);
      expect(moved.map(([name]) => name)).toEqual([]);
    },
    300_000,
  );
});
