import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../lib/safetensors.ts';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { Network } from '../nn/network.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { inputs } from '../tasks/image-classification/engine.ts';
import digitsLogits from './digits-cnn/fixtures/logits.safetensors?url';
import efficientnetLogits from './efficientnet-lite/fixtures/logits.safetensors?url';
import {
  architectureAt,
  fullLearner,
  greatestDifference,
  IMAGE_MODELS,
  patternInput,
  readShipped,
  type ShippedFiles,
  valuesOf,
} from './testing.ts';

const read = async (path: string) => new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());

/** The smallest input of an architecture that has pictures of 224 pixels; digits are small already. */
const smallest = (size: number) => (size > 64 ? 32 : size);

interface Step {
  loss: number;
  gradients: Map<string, Float32Array>;
  after: Map<string, Float32Array>;
}

/** Gradients of one batch of two, then one full optimizer step. */
async function oneStep(files: ShippedFiles, size: number): Promise<Step> {
  const learner = fullLearner(files, size);
  const input = {
    kind: 'arrays',
    batch: patternInput([2, size, size, files.preprocessor.channels], files.preprocessor),
  } as const;
  const targets = labelTargets([0, 1], { classes: files.config.num_labels, smoothing: 0 }).batch;
  const { loss, correct, gradients } = learner.gradients(input, targets, 0);
  const values = new Map<string, Float32Array>();
  for (const [name, gradient] of gradients) values.set(name, ((await gradient.data()) as Float32Array).slice());
  const lossValue = (await loss.data())[0]!;
  tf.dispose([loss, correct, ...gradients.values()]);
  const metrics = await learner.step([{ input, targets, count: 1 }], {
    step: 0,
    learningRate: 1e-3,
    weightDecay: 0,
    momentum: 0.9,
  });
  expect(Math.abs(metrics.loss - lossValue)).toBeLessThan(1e-4);
  const { weights } = await learner.read();
  learner.dispose();
  return { loss: lossValue, gradients: values, after: new Map(weights) };
}

/** PyTorch's logits of pictures, made by `scripts/models/fixtures.py`. */
const FIXTURES: Readonly<Record<string, string>> = {
  'efficientnet-lite': efficientnetLogits,
  'digits-cnn': digitsLogits,
};

describe('on WebGPU', () => {
  let backend: BackendInfo;
  const onWasm = new Map<string, Step>();
  const files = new Map<string, ShippedFiles>();
  beforeAll(async () => {
    await startBackend('wasm');
    expect(tf.getBackend()).toBe('wasm');
    for (const { id, input } of IMAGE_MODELS) {
      files.set(id, await readShipped(id, read));
      onWasm.set(id, await oneStep(files.get(id)!, smallest(input.size)));
    }
    backend = await startBackend('webgpu');
  });
  afterAll(stopBackend);

  it.each(IMAGE_MODELS)('$id: logits equal PyTorch’s within 1e-3', async ({ id, architecture, input, classes }) => {
    expect(tf.getBackend()).toBe('webgpu');
    const { config, preprocessor, file } = files.get(id)!;
    const url = FIXTURES[architecture]!;
    const fixture = readSafetensors(new Uint8Array(await (await fetch(url)).arrayBuffer()), url);
    const whole = architectureAt(config, input.size);
    const network = new Network(whole, valuesOf(whole, file));
    const each = input.size * input.size * input.channels;
    const pictures = [0, 1].map((i) => (fixture.get('pixels')!.data as Uint8Array).subarray(i * each, (i + 1) * each));
    const ours = await network.logits({ kind: 'arrays', batch: inputs(pictures, preprocessor) });
    network.dispose();
    const theirs = (fixture.get('logits')!.data as Float32Array).subarray(0, 2 * classes);
    expect(greatestDifference(ours, theirs)).toBeLessThan(1e-3);
    expect(greatestDifference(ours.subarray(0, classes), ours.subarray(classes))).toBeGreaterThan(0.5);
  });

  it.each(IMAGE_MODELS)('$id: gradients of a full training step equal WASM’s within 1e-3', async ({ id, input }) => {
    expect(backend.name).toBe('webgpu');
    expect(backend.adapter).not.toBe('');
    expect(tf.getBackend()).toBe('webgpu');
    const ours = await oneStep(files.get(id)!, smallest(input.size));
    const reference = onWasm.get(id)!;
    expect(Math.abs(ours.loss - reference.loss)).toBeLessThan(1e-3);
    const worst = { name: '', error: 0 };
    for (const [name, expected] of reference.gradients) {
      const rms = Math.sqrt(expected.reduce((sum, g) => sum + g * g, 0) / expected.length);
      const error = greatestDifference(ours.gradients.get(name)!, expected) / Math.max(1, rms);
      if (!(error <= worst.error)) Object.assign(worst, { name, error });
    }
    expect(worst.error, `worst at ${worst.name}`).toBeLessThan(1e-3);
    expect([...ours.after.keys()]).toEqual([...reference.after.keys()]);
    // Adam's first step moves every weight by about the learning rate, whatever the gradient's size
    const moved = [...ours.after].filter(
      ([name, values]) => greatestDifference(values, reference.after.get(name)!) > 2.1e-3,
    );
    expect(moved.map(([name]) => name)).toEqual([]);
  });
});
