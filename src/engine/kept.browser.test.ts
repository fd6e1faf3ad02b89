import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetSummary } from '../protocol/dataset.ts';
import { withLook } from '../protocol/inside.ts';
import type { KeptRun } from '../protocol/project.ts';
import type { Evaluation } from '../protocol/result.ts';
import type { StepMetrics } from '../protocol/run.ts';
import { deleteAll, isKept, keepOf, killAll, openTab, type Tab } from './testing/tabs.ts';
import { figures, settings as settingsOf } from './testing.ts';

const settings = settingsOf({
  epochs: 12,
  batchSize: 16,
  earlyStopping: { ...settingsOf().earlyStopping, restoreBest: true },
});

/** Weights as the download has them, byte by byte. */
async function weightsOf(tab: Tab, run: string): Promise<Uint8Array> {
  const { blob } = await tab.call({ kind: 'export', run, history: [], title: 'kept' });
  return unzipSync(new Uint8Array(await blob.arrayBuffer()))['model.safetensors']!;
}

/** Photographs of digits, 150 of them. */
async function someDigits(tab: Tab): Promise<DatasetSummary> {
  const zip = unzipSync(new Uint8Array(await (await fetch('/samples/digits-5-9.zip')).arrayBuffer()));
  const files = Object.entries(zip)
    .filter(([path, bytes], i) => /\.png$/.test(path) && bytes.length > 0 && i % 7 === 0)
    .map(([path, bytes]) => ({ path, file: new Blob([bytes as Uint8Array<ArrayBuffer>]) }));
  const opened = await tab.call({ kind: 'open-files', files, into: 'new' });
  if (opened.kind !== 'dataset') throw new Error('no data set');
  return opened.dataset;
}

/** What was seen inside a run, on from what was kept of it; whatever it is called. */
function seenIn(tab: Tab, { inside, map }: Pick<KeptRun, 'inside' | 'map'> = {}): Pick<KeptRun, 'inside' | 'map'> {
  for (const event of tab.events) {
    if (event.kind === 'inside') inside = withLook(inside, event.shape, event.look);
    if (event.kind === 'map') map = withLook(map, event.shape, event.look);
  }
  return JSON.parse(JSON.stringify({ inside, map }).replaceAll('"run":"cut"', '"run":"whole"'));
}

describe('a project over a reload', () => {
  let project = '';
  let weights: Uint8Array;
  let points: readonly StepMetrics[];
  let accuracy: { loss: number; confusion: unknown };

  beforeAll(deleteAll);
  afterAll(killAll);

  it('keeps pictures, edits and settings as they happen', async () => {
    const tab = await openTab();
    const dataset = await someDigits(tab);
    project = dataset.id;
    await tab.until(isKept);
    const edited = await tab.call({ kind: 'edit', edit: { kind: 'exclude', ids: [3, 4] } });
    await tab.call({ kind: 'keep-draft', draft: { ...settings, epochs: 77 } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    tab.kill();

    const again = await openTab();
    const [summary, ...others] = await again.call({ kind: 'projects' });
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ id: project, examples: dataset.examples.length, runs: 0, openElsewhere: false });
    expect(summary!.thumbnails).toHaveLength(4);
    await expect(createImageBitmap(summary!.thumbnails[0]!)).resolves.toBeTruthy();
    const opened = await again.call({ kind: 'open-project', project });
    const { undo: _, ...wanted } = edited;
    expect(opened.dataset).toEqual(wanted);
    expect(opened.draft?.epochs).toBe(77);
    const [thumbnail] = await again.call({ kind: 'thumbnails', ids: [100] });
    await expect(createImageBitmap(thumbnail!)).resolves.toBeTruthy();
    again.kill();
  });

  it('takes a run up that a reload cut off, and ends with the very weights of one that was never cut off', async () => {
    const whole = await openTab();
    await whole.call({ kind: 'open-project', project });
    await whole.call({ kind: 'train', run: 'whole', settings, place: { number: 1 } });
    weights = await weightsOf(whole, 'whole');
    points = whole.events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
    const seen = seenIn(whole);
    whole.kill();

    const cut = await openTab();
    await cut.call({ kind: 'open-project', project });
    void cut.call({ kind: 'train', run: 'cut', settings, place: { number: 2 } }).catch(() => {});
    await cut.until((event) => event.kind === 'run-status' && event.status.run === 'cut' && event.status.epoch >= 6);
    await new Promise((resolve) => setTimeout(resolve, 100));
    cut.kill();

    const tab = await openTab();
    const { runs } = await tab.call({ kind: 'open-project', project });
    const [one, two] = runs;
    expect([one!.number, two!.number]).toEqual([1, 2]);
    expect(one!.status).toMatchObject({ phase: 'done', epoch: 12 });
    expect(one!.points).toEqual(points);
    expect(one!.inside!.looks).toHaveLength(13);
    expect(seenIn({ ...tab, events: [] }, one)).toEqual(seen);
    expect(two!.status).toMatchObject({ phase: 'lost', finish: 'lost', problem: { code: 'reloaded' } });
    expect(two!.status.epoch).toBeLessThan(12);
    expect(two!.points.every(({ step }) => step <= two!.status.step)).toBe(true);
    const status = await tab.call({ kind: 'continue', run: 'cut' });
    expect(status).toMatchObject({ phase: 'done', epoch: 12 });
    const gone = tab.events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
    const rename = (point: StepMetrics) => ({ ...point, run: 'whole' });
    expect(figures([...two!.points, ...gone].map(rename))).toEqual(figures(points));
    expect(await weightsOf(tab, 'cut')).toEqual(weights);
    expect(seenIn(tab, two)).toEqual(seen);
    const { loss, confusion } = (await tab.call({ kind: 'evaluate', run: 'cut' })) as Evaluation;
    accuracy = { loss, confusion };
    tab.kill();
  });

  it('judges a kept run on the data as the run saw it, whatever was edited since', async () => {
    const tab = await openTab();
    await tab.call({ kind: 'open-project', project });
    await tab.call({ kind: 'split', split: { validation: 0.3, test: 0.3, seed: 7 } });
    await tab.call({ kind: 'edit', edit: { kind: 'rename-class', label: 0, name: 'renamed' } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    tab.kill();

    const again = await openTab();
    const { runs } = await again.call({ kind: 'open-project', project });
    expect(runs.map(({ hasWeights }) => hasWeights)).toEqual([true, true]);
    const { loss, confusion, classes } = (await again.call({ kind: 'evaluate', run: 'cut' })) as Evaluation;
    expect({ loss, confusion }).toEqual(accuracy);
    expect(classes).not.toContain('renamed');
    expect(await weightsOf(again, 'cut')).toEqual(weights);
    again.kill();
  });

  it('tells a second tab, which goes on in memory, and keeps what the first has', async () => {
    const first = await openTab();
    await first.call({ kind: 'open-project', project });
    const second = await openTab();
    expect((await second.call({ kind: 'projects' }))[0]).toMatchObject({ id: project, openElsewhere: true });
    await second.call({ kind: 'open-project', project });
    await second.until((event) => event.kind === 'keeping' && event.keep.state === 'off');
    expect(keepOf(second)?.problem?.code).toBe('project-elsewhere');
    await second.call({ kind: 'edit', edit: { kind: 'exclude', ids: [9] } });
    expect((await second.call({ kind: 'evaluate', run: 'cut' })).loss).toBe(accuracy.loss);
    await expect(second.call({ kind: 'delete-project', project })).rejects.toMatchObject({
      problem: { code: 'project-elsewhere' },
    });
    second.kill();
    first.kill();
    const third = await openTab();
    const { dataset } = await third.call({ kind: 'open-project', project });
    expect(dataset.examples.excluded[9]).toBe(0);
    third.kill();
  });

  it('keeps a tuned model that was dropped in, and a run that began with it', async () => {
    const tab = await openTab();
    await tab.call({ kind: 'open-project', project });
    const { blob } = await tab.call({ kind: 'export', run: 'cut', history: [], title: 'kept' });
    const opened = await tab.call({ kind: 'open-files', files: [{ path: 'kept.zip', file: blob }], into: 'new' });
    if (opened.kind !== 'model') throw new Error('no model');
    const model = opened.model.ref;
    await tab.call({ kind: 'train', run: 'third', settings: { ...settings, model, epochs: 2 }, place: { number: 4 } });
    const before = await weightsOf(tab, 'third');
    tab.kill();

    const again = await openTab();
    const { runs, models } = await again.call({ kind: 'open-project', project });
    expect(models.map(({ ref }) => ref)).toEqual([model]);
    expect(runs.map(({ number, imported }) => [number, imported])).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ]);
    expect(await weightsOf(again, 'third')).toEqual(before);
    const comparison = await again.call({ kind: 'predict', run: opened.run, tried: { kind: 'example', id: 0 } });
    expect(comparison.tuned).toHaveLength(5);
    again.kill();
  });

  it('forgets a run, and deletes a project with all its files', async () => {
    const tab = await openTab();
    const before = (await tab.call({ kind: 'projects' }))[0]!;
    await tab.call({ kind: 'open-project', project });
    await tab.call({ kind: 'forget-run', run: 'whole' });
    const after = (await tab.call({ kind: 'projects' }))[0]!;
    expect(after.runs).toBe(before.runs - 1);
    expect(after.bytes).toBeLessThan(before.bytes);
    await tab.call({ kind: 'delete-project', project });
    expect(await tab.call({ kind: 'projects' })).toEqual([]);
    await expect(tab.call({ kind: 'open-project', project })).rejects.toMatchObject({
      problem: { code: 'project-missing' },
    });
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    for await (const name of (await root.getDirectoryHandle('projects')).keys()) names.push(name);
    expect(names).toEqual([]);
    tab.kill();
  });
});
