import { beforeAll, describe, expect, it } from 'vitest';
import { tensorCount } from '../nn/memory.ts';
import type { Evaluation } from '../protocol/result.ts';
import type { RunSettings, StepMetrics } from '../protocol/run.ts';
import { compare, evaluateRun } from './answers.ts';
import { evaluateBase } from './base.ts';
import { exportRun } from './export-run.ts';
import { predictFrame } from './frames.ts';
import { openFiles, openSample } from './opening.ts';
import { explain } from './saliency.ts';
import { Studio } from './studio.ts';
import { figures, settings } from './testing.ts';
import { startRun } from './training.ts';

const points: StepMetrics[] = [];
const tasks = new Set<string>();
const studio = new Studio('/', (event) => {
  if (event.kind === 'metrics') points.push(...event.points);
  if (event.kind === 'progress') tasks.add(event.task);
});
const head: RunSettings = settings({
  method: { id: 'head', options: {} },
  epochs: 2,
  batchSize: 32,
  learningRate: 1e-2,
});
const frameOf = (id: number) => createImageBitmap(studio.openedImages().blob(id));

beforeAll(async () => {
  await studio.chooseBackend('wasm');
  await openSample(studio, 'digits');
  expect((await startRun(studio, 'head', head)).phase).toBe('done');
});

const sumsToOne = ({ answers }: Evaluation) =>
  answers.every(({ probabilities }) => Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-5);

describe('the model before training', () => {
  it('is judged on the same examples, well above chance, and once for a run', async () => {
    const both = [await evaluateRun(studio, 'head'), await evaluateBase(studio, 'head')];
    const [tuned, base] = both as [Evaluation, Evaluation];
    expect(base.answers.map(({ id, truth }) => [id, truth])).toEqual(tuned.answers.map(({ id, truth }) => [id, truth]));
    expect(base).toMatchObject({ run: 'head', split: 'test', examples: 150, classes: tuned.classes });
    expect(base.accuracy).toBeGreaterThan(0.6);
    expect(base.answers).not.toEqual(tuned.answers);
    expect([sumsToOne(base), sumsToOne(tuned)]).toEqual([true, true]);
    // the scale of its distances is fitted: its loss says more than even odds would
    expect(base.loss).toBeLessThan(0.7 * Math.log(5));
    expect(tasks).toContain('evaluate-base');
    expect(await evaluateBase(studio, 'head')).toBe(base);
  });

  it('of a model that was dropped in is judged on the open data', async () => {
    const { blob, name } = await exportRun(studio, 'head', [], 'five digits');
    const opened = await openFiles(studio, [{ path: name, file: blob }], 'new');
    if (opened.kind !== 'model') throw new Error('a data set');
    const [dropped, own] = [await evaluateBase(studio, opened.run), await evaluateBase(studio, 'head')];
    expect(dropped).toEqual({ ...own, run: opened.run });
  });
});

describe('saliency', () => {
  it('comes with the square that the model sees, in its size', async () => {
    const id = studio.needDataset().ids('test')[0]!;
    const one = await explain(studio, 'head', { kind: 'example', id }, 0);
    expect(one).toMatchObject({ label: 0, width: 28, height: 28 });
    expect(one.map).toHaveLength(784);
    expect(Math.min(...one.map)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...one.map)).toBeLessThanOrEqual(1);
    const picture = await createImageBitmap(one.picture);
    const context = new OffscreenCanvas(28, 28).getContext('2d')!;
    context.drawImage(picture, 0, 0);
    const shown = context.getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0);
    const pixels = await studio.openedImages().pixels(id, { kind: 'image', size: 28, channels: 1 });
    expect([...shown]).toEqual([...pixels]);
    const maps = await Promise.all([0, 1, 2, 3, 4].map((k) => explain(studio, 'head', { kind: 'example', id }, k)));
    expect(new Set(maps.map(({ map }) => map.join())).size).toBeGreaterThan(2);
  });

  it('of a file is that of the same example, and leaves no tensor', async () => {
    const id = studio.needDataset().ids('test')[3]!;
    const file = { kind: 'file', file: studio.openedImages().blob(id), name: 'x.png' } as const;
    const before = tensorCount();
    expect((await explain(studio, 'head', file, 2)).map).toEqual(
      (await explain(studio, 'head', { kind: 'example', id }, 2)).map,
    );
    expect(tensorCount()).toBe(before);
    await expect(explain(studio, 'head', file, 5)).rejects.toThrow('no class 5');
  });
});

describe('a camera frame', () => {
  it('is answered as the same picture is, and closed', async () => {
    const id = studio.needDataset().ids('test')[8]!;
    const frame = await frameOf(id);
    const { tuned } = await compare(studio, 'head', { kind: 'example', id });
    const { guesses, ms } = await predictFrame(studio, 'head', frame);
    expect(guesses).toEqual(tuned);
    expect(ms).toBeGreaterThan(0);
    expect(frame.width).toBe(0);
  });

  it('is closed where there is no run to answer', async () => {
    const frame = await frameOf(0);
    await expect(predictFrame(studio, 'nobody', frame)).rejects.toMatchObject({ problem: { code: 'no-run' } });
    expect(frame.width).toBe(0);
  });

  it('goes through while a run trains, and changes neither', async () => {
    const full = settings({ epochs: 2, batchSize: 32, learningRate: 1e-3, cachePrefix: false });
    const course = async (run: string) => {
      points.length = 0;
      await startRun(studio, run, full);
      return figures(points.filter((point) => point.run === run)).map(({ run: _, ...rest }) => rest);
    };
    const alone = await course('alone');
    const id = studio.needDataset().ids('test')[8]!;
    const expected = await predictFrame(studio, 'head', await frameOf(id));
    const training = course('watched');
    let frames = 0;
    while (studio.runs.get('watched')?.status.phase !== 'done') {
      const { guesses } = await predictFrame(studio, 'head', await frameOf(id));
      expect(guesses).toEqual(expected.guesses);
      if (studio.runs.get('watched')?.status.phase === 'running') frames++;
    }
    expect(await training).toEqual(alone);
    expect(frames).toBeGreaterThan(5);
  });
});
