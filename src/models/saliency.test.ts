import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../lib/safetensors.ts';
import { startBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import { Network } from '../nn/network.ts';
import { sizeOf } from '../nn/profile.ts';
import { gradCam, resizeMap } from '../nn/saliency.ts';
import { inputs } from '../tasks/image-classification/engine.ts';
import { architectureAt, greatestDifference, IMAGE_MODELS, readShipped, valuesOf } from './testing.ts';
import '@tensorflow/tfjs-backend-cpu';

const folder = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)));

/** Made by `scripts/models/saliency_fixtures.py`. */
interface Fixture {
  cases: {
    picture: number;
    label: number;
    greatest: number;
    map: number[][];
    upsampled: { shape: number[]; sum: number; indices: number[]; values: number[] };
  }[];
}

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(IMAGE_MODELS)('Grad-CAM of $id against PyTorch', (model) => {
  const fixtures = `src/models/${model.architecture}/fixtures`;

  it.each([
    ['wasm', 9],
    ['cpu', 1],
  ] as const)(
    'on %s: every place within 1e-4, and no tensor left',
    async (backend, most) => {
      await tf.setBackend(backend);
      const { cases }: Fixture = JSON.parse(new TextDecoder().decode(await read(`${fixtures}/saliency.json`)));
      const { config, file, preprocessor } = await readShipped(model.id, (path) => read(`public/${path}`));
      const { data, shape } = readSafetensors(await read(`${fixtures}/logits.safetensors`), model.id).get('pixels')!;
      const each = sizeOf(shape.slice(1));
      const architecture = architectureAt(config, model.input.size);
      const before = tensorCount();
      const network = new Network(architecture, valuesOf(architecture, file));
      expect(cases.some(({ greatest }) => greatest > 0)).toBe(true);
      for (const { picture, label, map, upsampled } of cases.slice(0, most)) {
        const pixels = (data as Uint8Array).subarray(picture * each, (picture + 1) * each);
        const ours = await gradCam(network, { kind: 'arrays', batch: inputs([pixels], preprocessor) }, label);
        expect([ours.height, ours.width]).toEqual([map.length, map[0]!.length]);
        expect(greatestDifference(ours.map, map.flat())).toBeLessThan(1e-4);
        const [height, width] = upsampled.shape as [number, number];
        const large = resizeMap(ours, { height, width });
        const sampled = upsampled.indices.map((index) => large.map[index]!);
        expect(greatestDifference(sampled, upsampled.values)).toBeLessThan(1e-4);
        expect(Math.abs(large.map.reduce((a, b) => a + b, 0) - upsampled.sum)).toBeLessThan(1e-4 * height * width);
      }
      network.dispose();
      expect(tensorCount()).toBe(before);
    },
    120_000,
  );
});
