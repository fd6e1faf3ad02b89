import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../lib/safetensors.ts';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { toDisk } from '../nn/layout.ts';
import { Network } from '../nn/network.ts';
import { sizeOf } from '../nn/profile.ts';
import { inputs } from '../tasks/image-classification/engine.ts';
import {
  architectureAt,
  argMax,
  fullLearner,
  greatestDifference,
  IMAGE_MODELS,
  patternInput,
  readShipped,
  type ShippedFiles,
  valuesOf,
} from './testing.ts';
import '@tensorflow/tfjs-backend-cpu';

const folder = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)));
const json = async (path: string) => JSON.parse(new TextDecoder().decode(await read(path)));

interface GradientFixture {
  input: { shape: number[] };
  labels: number[];
  loss: number;
  gradients: Record<string, { shape: number[]; norm: number; sum: number; indices: number[]; values: number[] }>;
}

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(IMAGE_MODELS)('$id against PyTorch', (model) => {
  const fixtures = `src/models/${model.architecture}/fixtures`;
  let files: ShippedFiles;
  beforeAll(async () => {
    files = await readShipped(model.id, (path) => read(`public/${path}`));
  });

  async function logitsOn(backend: string, count: number): Promise<{ ours: Float32Array; theirs: Float32Array }> {
    await tf.setBackend(backend);
    const fixture = readSafetensors(await read(`${fixtures}/logits.safetensors`), model.id);
    const { data, shape } = fixture.get('pixels')!;
    const each = sizeOf(shape.slice(1));
    const architecture = architectureAt(files.config, model.input.size);
    const network = new Network(architecture, valuesOf(architecture, files.file));
    const pictures = Array.from({ length: count }, (_, i) => (data as Uint8Array).subarray(i * each, (i + 1) * each));
    const ours = await network.logits({ kind: 'arrays', batch: inputs(pictures, files.preprocessor) });
    network.dispose();
    return { ours, theirs: (fixture.get('logits')!.data as Float32Array).subarray(0, ours.length) };
  }

  it.each([
    ['wasm', 6],
    ['cpu', 1],
  ] as const)(
    'logits on %s: within 1e-3, the same first answers, and they move with the picture',
    async (backend, count) => {
      const { ours, theirs } = await logitsOn(backend, count);
      expect(ours.length).toBe(count * model.classes);
      expect(greatestDifference(ours, theirs)).toBeLessThan(1e-3);
      const rows = (all: Float32Array) =>
        Array.from({ length: count }, (_, i) => all.subarray(i * model.classes, (i + 1) * model.classes));
      expect(rows(ours).map(argMax)).toEqual(rows(theirs).map(argMax));
      if (count > 1) expect(greatestDifference(rows(ours)[0]!, rows(ours)[1]!)).toBeGreaterThan(0.5);
    },
    120_000,
  );

  it.each(['wasm', 'cpu'])(
    'loss and every gradient on %s, in PyTorch’s layout',
    async (backend) => {
      await tf.setBackend(backend);
      const fixture: GradientFixture = await json(`${fixtures}/gradients.json`);
      const learner = fullLearner(files, fixture.input.shape[1]!);
      expect(learner.trainable.toSorted()).toEqual(Object.keys(fixture.gradients).toSorted());
      const { loss, correct, gradients } = learner.gradients(
        { kind: 'arrays', batch: patternInput(fixture.input.shape, files.preprocessor) },
        labelTargets(fixture.labels, { classes: model.classes, smoothing: 0 }).batch,
        0,
      );
      expect(Math.abs((await loss.data())[0]! - fixture.loss)).toBeLessThan(1e-3);
      const worst = { name: '', error: 0 };
      for (const [name, expected] of Object.entries(fixture.gradients)) {
        const spec = learner.network.weights.specs.get(name)!;
        const { shape, data } = toDisk((await gradients.get(name)!.data()) as Float32Array, spec);
        expect([name, shape]).toEqual([name, expected.shape]);
        const gap = Math.max(
          greatestDifference(
            expected.indices.map((i) => data[i]!),
            expected.values,
          ),
          Math.abs(Math.sqrt(data.reduce((sum, g) => sum + g * g, 0)) - expected.norm) / Math.sqrt(data.length),
        );
        const scale = Math.max(expected.norm / Math.sqrt(data.length), 1e-6);
        if (gap / scale > worst.error) Object.assign(worst, { name, error: gap / scale });
      }
      expect(worst.error, `worst at ${worst.name}`).toBeLessThan(1e-3);
      tf.dispose([loss, correct, ...gradients.values()]);
      learner.dispose();
    },
    60_000,
  );
});

describe('batch normalisation by the batch’s own statistics, against PyTorch', () => {
  it('gives the same logits and the same running statistics', async () => {
    await tf.setBackend('wasm');
    const fixture = await json('src/models/efficientnet-lite/fixtures/batch-statistics.json');
    const files = await readShipped('efficientnet-lite0', (path) => read(`public/${path}`));
    const learner = fullLearner(files, 64, true);
    const step = learner.gradients(
      { kind: 'arrays', batch: patternInput(fixture.input.shape, files.preprocessor) },
      labelTargets([1, 2, 3], { classes: 1000, smoothing: 0 }).batch,
      0,
    );
    const running: Record<string, { indices: number[]; values: number[] }> = fixture.running;
    expect([...step.updates.keys()].toSorted()).toEqual(Object.keys(running).toSorted());
    for (const [name, expected] of Object.entries(running)) {
      const data = await step.updates.get(name)!.data();
      expected.indices.forEach((index, i) => {
        const gap = Math.abs(data[index]! - expected.values[i]!);
        expect(gap / Math.max(1e-3, Math.abs(expected.values[i]!)), name).toBeLessThan(1e-3);
      });
    }
    tf.dispose([step.loss, step.correct, ...step.gradients.values(), ...step.updates.values()]);
    learner.dispose();
  }, 60_000);
});
