import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunControl, RunMark } from '../protocol/control.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { StepMetrics } from '../protocol/run.ts';
import { deleteAll, isKept, killAll, openTab, type Tab } from './testing/tabs.ts';
import { figures, settings as settingsOf } from './testing.ts';

const settings = settingsOf({
  epochs: 6,
  batchSize: 16,
  earlyStopping: { ...settingsOf().earlyStopping, restoreBest: true },
});

async function weightsOf(tab: Tab, run: string): Promise<Uint8Array> {
  const { blob } = await tab.call({ kind: 'export', run, history: [], title: 'steered' });
  return unzipSync(new Uint8Array(await blob.arrayBuffer()))['model.safetensors']!;
}

const pointsOf = (tab: Tab, run: string): StepMetrics[] =>
  tab.events.flatMap((event) => (event.kind === 'metrics' ? event.points.filter((point) => point.run === run) : []));
const marksOf = (tab: Tab, run: string): RunMark[] =>
  tab.events.flatMap((event) => (event.kind === 'mark' && event.mark.run === run ? [event.mark] : []));
const named = (points: readonly StepMetrics[]) => figures(points.map((point) => ({ ...point, run: '' })));

const at = (run: string, step: number) => (event: WorkerEvent) =>
  event.kind === 'run-status' && event.status.run === run && event.status.step >= step;
const steer = (tab: Tab, run: string, control: RunControl) => tab.call({ kind: 'control', run, control });

describe('a run that is steered', () => {
  let project = '';
  let points: StepMetrics[];
  let weights: Uint8Array;
  let asked = 0;

  beforeAll(deleteAll);
  afterAll(killAll);

  it('refuses what cannot be, and goes on; its checkpoint is of the step that is said', async () => {
    const tab = await openTab();
    project = (await tab.call({ kind: 'open-sample', sample: 'digits' })).id;
    await tab.until(isKept);
    const training = tab.call({ kind: 'train', run: 'whole', settings, place: { number: 1 } });
    await tab.until(at('whole', 1));
    await steer(tab, 'whole', { kind: 'pause' });
    const refused = (change: Extract<RunControl, { kind: 'change' }>['change'], code: string) =>
      expect(steer(tab, 'whole', { kind: 'change', change })).rejects.toMatchObject({ problem: { code } });
    for (const learningRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      await refused({ learningRate }, 'rate-unfit');
    await refused({ weightDecay: -0.1 }, 'decay-unfit');
    await refused({ patience: 1.5 }, 'patience-unfit');
    await refused({ stages: ['nowhere'] }, 'stage-unknown');
    await refused({ stages: [] }, 'nothing-trains');
    await expect(steer(tab, 'whole', { kind: 'return-to-best' })).rejects.toMatchObject({
      problem: { code: 'no-best' },
    });
    await steer(tab, 'whole', { kind: 'change', change: { learningRate: 1e-3 } });
    await steer(tab, 'whole', { kind: 'checkpoint' });
    await tab.until((event) => event.kind === 'mark' && event.mark.kind === 'checkpoint');
    // what a person says of it goes with it, while it trains and after
    await tab.call({ kind: 'place-run', run: 'whole', place: { number: 1, name: 'my first' } });
    await steer(tab, 'whole', { kind: 'resume' });
    expect(await training).toMatchObject({ phase: 'done', finish: 'completed' });
    const marks = marksOf(tab, 'whole');
    expect(marks.map(({ kind }) => kind)).toEqual(['change', 'checkpoint']);
    asked = marks[1]!.step;
    points = pointsOf(tab, 'whole');
    weights = await weightsOf(tab, 'whole');
    const said = { number: 1, name: 'my first', notes: 'changed on its way', pinned: true };
    await tab.call({ kind: 'place-run', run: 'whole', place: said });
    tab.kill();
  });

  it('keeps marks, checkpoints and what was said of it over a reload; a branch without a change is the same run', async () => {
    const tab = await openTab();
    const { runs } = await tab.call({ kind: 'open-project', project });
    expect(runs[0]).toMatchObject({ number: 1, name: 'my first', notes: 'changed on its way', pinned: true });
    // a name that is taken away again is gone
    await tab.call({ kind: 'place-run', run: 'whole', place: { number: 1 } });
    expect(runs[0]!.marks.map(({ kind, step }) => [kind, step])).toEqual([
      ['change', asked],
      ['checkpoint', asked],
    ]);
    const same = { ...settings, learningRate: 1e-3 };
    const from = { run: 'whole', checkpoint: asked };
    const status = await tab.call({ kind: 'train', run: 'branch', settings: same, place: { number: 2 }, from });
    expect(status).toMatchObject({ phase: 'done', epoch: 6 });
    expect(marksOf(tab, 'branch')).toMatchObject([{ kind: 'branch', step: asked, from }]);
    const after = (all: readonly StepMetrics[]) => named(all.filter(({ step }) => step > asked));
    expect(after(pointsOf(tab, 'branch'))).toEqual(after(points));
    expect(await weightsOf(tab, 'branch')).toEqual(weights);
    tab.kill();
  });

  it('a branch by another method goes on from the weights, and stands when the first run is gone', async () => {
    const tab = await openTab();
    const { runs } = await tab.call({ kind: 'open-project', project });
    expect(runs[0]).not.toHaveProperty('name');
    expect(runs.map(({ id, hasWeights }) => [id, hasWeights])).toEqual([
      ['whole', true],
      ['branch', true],
    ]);
    const branch = (run: string, patch: Partial<typeof settings>, checkpoint: number | 'best' | 'last' = 'best') =>
      tab.call({
        kind: 'train',
        run,
        settings: { ...settings, epochs: 8, ...patch },
        from: { run: 'whole', checkpoint },
      });
    const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ problem: { code } });
    await refused(branch('x', {}, asked + 1), 'branch-missing');
    await refused(branch('x', { epochs: 6 }, 'last'), 'branch-over');
    await refused(branch('x', { model: { kind: 'shipped', id: 'efficientnet-lite0' } }), 'branch-model');
    const status = await branch('head', { method: { id: 'head', options: {} } }, 'last');
    expect(status.phase).toBe('done');
    const [first] = pointsOf(tab, 'head');
    const before = points.filter(({ split }) => split === 'validation').at(-1)!;
    expect(first).toMatchObject({ split: 'validation', step: before.step, loss: before.loss });
    await tab.call({ kind: 'forget-run', run: 'whole' });
    const kept = await weightsOf(tab, 'head');
    tab.kill();
    const again = await openTab();
    await again.call({ kind: 'open-project', project });
    expect(await weightsOf(again, 'head')).toEqual(kept);
    await again.call({ kind: 'edit', edit: { kind: 'exclude', ids: [0, 1, 2, 3, 4, 5] } });
    await refused(
      again.call({ kind: 'train', run: 'x', settings, from: { run: 'head', checkpoint: 'best' } }),
      'branch-data',
    );
    again.kill();
  });

  it('that diverges keeps its best, to be judged and taken along', async () => {
    const tab = await openTab();
    await tab.call({ kind: 'open-sample', sample: 'digits' });
    const constant = { ...settings, schedule: 'constant' as const, epochs: 40, weightDecay: 0 };
    const training = tab.call({ kind: 'train', run: 'wild', settings: constant });
    await tab.until((event) => event.kind === 'run-status' && event.status.best !== undefined);
    await steer(tab, 'wild', { kind: 'change', change: { learningRate: 1e9 } });
    const status = await training;
    expect(status).toMatchObject({
      phase: 'failed',
      finish: 'failed',
      problem: { code: 'diverged', values: { learningRate: 1e9 } },
    });
    const evaluation = await tab.call({ kind: 'evaluate', run: 'wild' });
    expect(evaluation.loss).toBeLessThan(10);
    expect((await weightsOf(tab, 'wild')).length).toBeGreaterThan(1000);
    tab.kill();
  });

  it('halts and goes on, over a reload too', async () => {
    const tab = await openTab();
    project = (await tab.call({ kind: 'open-sample', sample: 'digits' })).id;
    await tab.until(isKept);
    await tab.call({ kind: 'train', run: 'straight', settings });
    const waiting = {
      id: 'q',
      settings,
      modelName: 'digits-cnn',
      from: { run: 'straight', checkpoint: 'best' as const },
    };
    await tab.call({ kind: 'keep-draft', draft: settings, queue: [waiting] });
    const half = await tab.call({ kind: 'train', run: 'halved', settings, until: 2 });
    expect(half).toMatchObject({ phase: 'stopped', finish: 'halted', epoch: 2 });
    const further = await tab.call({ kind: 'continue', run: 'halved', until: 4 });
    expect(further).toMatchObject({ finish: 'halted', epoch: 4 });
    const straight = await weightsOf(tab, 'straight');
    tab.kill();
    const again = await openTab();
    const { queue } = await again.call({ kind: 'open-project', project });
    expect(queue).toEqual([waiting]);
    expect(await again.call({ kind: 'continue', run: 'halved' })).toMatchObject({ phase: 'done', epoch: 6 });
    expect(await weightsOf(again, 'halved')).toEqual(straight);
    again.kill();
  });
});
