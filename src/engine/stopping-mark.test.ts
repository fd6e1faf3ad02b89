import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import type { EarlyStopping } from '../protocol/run.ts';
import { curvesTable } from '../ui/panels/curves/curves-table.ts';
import { learner, runToEnd, settings } from './testing.ts';

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
});
