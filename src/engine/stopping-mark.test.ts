import { beforeAll, expect, it } from 'vitest';
import { overfittingOf } from '../lib/overfitting.ts';
import { startBackend } from '../nn/backends/index.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { EarlyStopping, StepMetrics } from '../protocol/run.ts';
import { curvesTable } from '../ui/panels/curves/curves-table.ts';
import { pictures } from './testing/pictures.ts';
import { studioWith } from './testing/texts.ts';
import { learner, runToEnd, settings } from './testing.ts';
import { startRun } from './training.ts';

beforeAll(async () => void (await startBackend('wasm')));

const stopping: EarlyStopping = { ...settings().earlyStopping, enabled: true, patience: 3, act: 'mark' };

/** By the log alone: the first epoch after which validation loss has not improved for `patience` epochs (Keras). */
function stopsAt(rows: readonly (readonly unknown[])[], patience: number): number | undefined {
  let [best, wait] = [Number.POSITIVE_INFINITY, 0];
  for (const [, split, , epoch, , loss] of rows) {
    if (split !== 'validation' || Number(epoch) === 0) continue;
    wait = Number(loss) < best ? 0 : wait + 1;
    best = Math.min(best, Number(loss));
    if (wait === patience) return Number(epoch);
  }
  return undefined;
}

const inEpoch = (point: StepMetrics, epoch: number) => point.epoch > epoch - 1 + 1e-6 && point.epoch < epoch + 1e-6;
const meanOf = (points: readonly StepMetrics[]) => points.reduce((sum, { loss }) => sum + loss, 0) / points.length;

it('early stopping that only marks: the run goes to its end, and the exported log tells the epoch', async () => {
  // a rate at which so small a set is learned by heart
  const o = settings({ epochs: 24, learningRate: 2e-2, schedule: 'constant', earlyStopping: stopping });
  const net = learner(o);
  const { status, points, marks } = await runToEnd(o, net);
  expect(status).toMatchObject({ phase: 'done', finish: 'completed', epoch: 24 });
  const { header, rows } = curvesTable(1, points, marks);
  expect(header.at(-1)).toBe('mark');
  const marked = rows.filter((row) => row[1] === 'mark');
  expect(marked).toHaveLength(1);
  const [, , , epoch, , , , , , words] = marked[0]!;
  expect(epoch).toBe(stopsAt(rows, stopping.patience));
  expect(Number(epoch)).toBeLessThan(24);
  const best = rows.filter((row) => row[1] === 'validation' && Number(row[3]) > 0 && Number(row[3]) <= Number(epoch));
  const lowest = best.reduce((a, b) => (Number(b[5]) < Number(a[5]) ? b : a));
  expect(words).toBe(`stopping best=${lowest[2]}`);
  // the rule that ends runs ends the same one there
  const ended = settings({ ...o, earlyStopping: { ...stopping, act: 'stop' } });
  const again = learner(ended);
  expect((await runToEnd(ended, again)).status).toMatchObject({ finish: 'early-stopping', epoch });
  net.dispose();
  again.dispose();
}, 60_000);

it('on the shipped digits, eight of each: validation ends far above its best, and the log tells where it turned', async () => {
  const events: WorkerEvent[] = [];
  const studio = studioWith(undefined, (event) => void events.push(event));
  await studio.chooseBackend('wasm');
  studio.dataset = await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });
  const patience = 5;
  const o = settings({
    epochs: 40,
    batchSize: 32,
    seed: 42,
    fewShot: { examplesPerClass: 8, draw: 0, share: 1 },
    oldTask: { ...settings().oldTask, watch: false },
    earlyStopping: { ...stopping, patience, restoreBest: true },
  });
  expect(await startRun(studio, 'run', o)).toMatchObject({ finish: 'completed', epoch: 40 });
  const points = events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
  const { rows } = curvesTable(1, points, studio.run('run').marks);
  const validation = points.filter(({ split, step }) => split === 'validation' && step > 0);
  const best = validation.reduce((a, b) => (b.loss < a.loss ? b : a));
  expect(validation.at(-1)!.loss).toBeGreaterThan(1.3 * best.loss);
  const marked = rows.filter((row) => row[1] === 'mark');
  expect(marked.map((row) => row[3])).toEqual([stopsAt(rows, patience)]);
  // the rule of the chart names the same epoch as the one whose weights are kept
  const trained = points.filter(({ split }) => split === 'train');
  const means = validation.map(({ epoch }) => ({
    epoch,
    loss: meanOf(trained.filter((point) => inEpoch(point, epoch))),
  }));
  expect(overfittingOf(means, validation)).toMatchObject({ epoch: best.epoch, best: best.loss });
  expect(studio.run('run').kept!.step).toBe(best.step);
}, 300_000);
