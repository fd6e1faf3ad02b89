import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { Control } from './control.ts';
import { figures, learner, runToEnd, settings, source } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

/** Takes its time, as a disk does; says what was asked for. */
function slow(asked: (ids: readonly number[]) => void): ExampleSource {
  return {
    ...source,
    async inputs(ids) {
      asked(ids);
      await new Promise((resolve) => setTimeout(resolve, 3));
      return source.inputs(ids);
    },
  };
}

it('reads at most two batches more than it has trained on, in their order, and what it learns is the same', async () => {
  const o = settings({ epochs: 2, accumulate: 2, batchSize: 4 });
  const plain = learner(o);
  const { points } = await runToEnd(o, plain);
  plain.dispose();
  const net = learner(o);
  let [read, validated] = [0, 0];
  const inputs = slow((ids) => {
    if (ids[0]! >= 100) validated += ids.length;
    else read += ids.length;
  });
  let most = 0;
  const course = await runToEnd(o, net, { source: inputs }, (event) => {
    if (event.kind === 'status') most = Math.max(most, read - 8 * event.status.step);
  });
  net.dispose();
  expect(figures(course.points)).toEqual(figures(points));
  expect([read, validated]).toEqual([60, 36]);
  // an epoch of 30 has a last step of 6
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2 * 4);
});

it('tells of a picture that cannot be read where the run comes to it, after the steps before it', async () => {
  const o = settings({ epochs: 1, batchSize: 5 });
  const net = learner(o);
  let asked = 0;
  const inputs = slow((ids) => {
    if (ids[0]! < 100 && ++asked === 4) throw new ProblemError('image-unreadable', { file: 'four.png' });
  });
  let steps = 0;
  const run = runToEnd(o, net, { source: inputs }, (event) => {
    if (event.kind === 'status') steps = event.status.step;
  });
  await expect(run).rejects.toMatchObject({ problem: { code: 'image-unreadable', values: { file: 'four.png' } } });
  expect(steps).toBe(3);
  net.dispose();
});

it('a run that is stopped before it comes to what cannot be read does not fail of it', async () => {
  const o = settings({ epochs: 1, batchSize: 5 });
  const net = learner(o);
  const control = new Control();
  let asked = 0;
  const inputs = slow((ids) => {
    if (ids[0]! < 100 && ++asked === 4) throw new ProblemError('image-unreadable', { file: 'four.png' });
  });
  const { status } = await runToEnd(o, net, { source: inputs, control }, (event) => {
    if (event.kind === 'status' && event.status.step === 2) control.apply({ kind: 'stop-keep' });
  });
  expect(status).toMatchObject({ finish: 'stop-keep', step: 2 });
  net.dispose();
});
