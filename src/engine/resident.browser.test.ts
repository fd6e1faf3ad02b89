import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedImages } from '../data/fixed-examples.ts';
import { uniform } from '../lib/random.ts';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { upload } from '../nn/batch.ts';
import { tensorCount } from '../nn/memory.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { PreprocessorConfig } from '../protocol/model.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { engine as task } from '../tasks/image-classification/engine.ts';
import { residentOf } from './resident.ts';
import { figures, learner, runToEnd, settings } from './testing.ts';

let backend: BackendInfo;

beforeAll(async () => {
  backend = await startBackend('webgpu');
});
afterAll(stopBackend);

/** Random pictures of three classes; other means and deviations for each channel. */
function sourceOf(count: number, [height, width, channels]: readonly [number, number, 1 | 3]): ExampleSource {
  const next = uniform(7);
  const pixels = Uint8Array.from({ length: count * height * width * channels }, () => 256 * next());
  const labels = Int32Array.from({ length: count }, (_, id) => id % 3);
  const config: PreprocessorConfig = {
    do_center_crop: true,
    size: { height, width },
    channels,
    rescale_factor: 1 / 255,
    image_mean: [0.485, 0.456, 0.406].slice(0, channels),
    image_std: [0.229, 0.224, 0.225].slice(0, channels),
  };
  const dataset = fixedImages('made', ['a', 'b', 'c'], { pixels, labels });
  return task.source(dataset, { kind: 'image', config } as never, {});
}

describe('pictures that stay on the device', () => {
  it.each([
    [9, 5, 3],
    [7, 3, 1],
    [8, 8, 3],
    [1, 1, 1],
    [33, 31, 3],
  ] as const)('of %i x %i and %i channels are what an upload would bring, bit for bit', async (...shape) => {
    const source = sourceOf(11, shape);
    const before = tensorCount();
    const resident = (await residentOf(source, 11, backend, 0))!;
    // some of them twice, and some again that are there already
    for (const ids of [[3, 0, 3, 10], [5], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]]) {
      const [kept, sent] = [upload(await resident.inputs(ids)), upload(await source.inputs(ids))];
      expect(Object.keys(kept)).toEqual(Object.keys(sent));
      const [a, b] = [kept.pixels!, sent.pixels!];
      expect(a.shape).toEqual(b.shape);
      expect(await a.data()).toEqual(await b.data());
      a.dispose();
      b.dispose();
    }
    resident.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('teach what uploaded ones teach, augmented too', async () => {
    const source = sourceOf(16, [12, 12, 1]);
    const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
    const ids = { train: range(0, 12), validation: range(12, 4) };
    const augmentation = { ...settings().augmentation, crop: 0.5, mixup: 0.5 };
    const o = settings({ epochs: 1, batchSize: 8, augmentation });
    const courses = [];
    for (const resident of [undefined, await residentOf(source, 16, backend, 0)]) {
      const net = learner(o);
      courses.push(figures((await runToEnd(o, net, { source, ids, resident, backend: 'webgpu' })).points));
      net.dispose();
      resident?.dispose();
    }
    expect(courses[1]).toEqual(courses[0]);
  });

  it('are streamed where they are more than may stay there', async () => {
    const source = sourceOf(1, [33, 31, 3]);
    expect(await residentOf(source, 200_000, backend, 0)).toBeUndefined();
    expect(await residentOf(source, 1, backend, 2 ** 29)).toBeUndefined();
    expect(await residentOf({ ...source, pictures: undefined } as never, 1, backend, 0)).toBeUndefined();
  });
});
