import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetSummary, DroppedFile, TextSummary } from '../protocol/dataset.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { RunSettings } from '../protocol/run.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { deleteAll, isKept, killAll, openTab, type Tab } from './testing/tabs.ts';
import { settings as settingsOf } from './testing.ts';

const settings: RunSettings = settingsOf({
  model: { kind: 'shipped', id: 'minilm-l6' },
  method: { id: 'head', options: {} },
  task: defaultsOf(TASK_METAS['text-classification'].options),
  epochs: 3,
  batchSize: 16,
});

/** Every 16th definition, with two classes by topic and two by use. */
async function definitions(): Promise<DroppedFile> {
  const lines = (await (await fetch('/samples/topics.csv')).text()).trim().split('\n');
  const some = lines.filter((line, i) => i === 0 || (i % 4 === 0 && /,(animal|food),/.test(line)));
  return { path: 'topics.csv', file: new Blob([some.join('\n')]) };
}

const textsOf = (dataset: DatasetSummary): TextSummary => {
  if (dataset.kind !== 'text') throw new Error('no texts');
  return dataset;
};
async function open(tab: Tab, files: DroppedFile[], into: 'new' | 'add'): Promise<TextSummary> {
  const opened = await tab.call({ kind: 'open-files', files, into });
  if (opened.kind !== 'dataset') throw new Error('no data set');
  return textsOf(opened.dataset);
}
const saved = () => new Promise((resolve) => setTimeout(resolve, 1500));
const loss = async (tab: Tab) => {
  const evaluation = await tab.call({ kind: 'evaluate', run: 'one' });
  return [evaluation.loss, evaluation.examples];
};

describe('texts over a reload', { timeout: 120_000 }, () => {
  let project = '';
  let wanted: number[];
  beforeAll(deleteAll, 60_000);
  afterAll(killAll);

  it('are one project, however often their columns were chosen anew, with edits, files and settings', async () => {
    const tab = await openTab();
    const first = await open(tab, [await definitions()], 'new');
    expect(first.classes.map(({ name }) => name)).toEqual(['animal', 'food']);
    await tab.until(isKept);
    const mapping = { layout: 'labelled', columns: { text: 'text', label: 'use' } } as const;
    const second = textsOf(await tab.call({ kind: 'remap', mapping }));
    expect(second.classes.map(({ name }) => name)).toEqual(['common', 'rare']);
    const back = { layout: 'labelled', columns: { text: 'text', label: 'label' } } as const;
    const third = textsOf(
      await tab.call({ kind: 'remap', mapping: back, readings: { 'topics.csv': { header: true } } }),
    );
    project = third.id;
    const more =
      'text,label,use\nany of several sweet drinks made of fruit,food,rare\nan insect that eats wood,animal,rare\n';
    await open(tab, [{ path: 'more.csv', file: new Blob([more]) }], 'add');
    const edited = await tab.call({ kind: 'edit', edit: { kind: 'exclude', ids: [3, 4] } });
    await tab.call({ kind: 'keep-draft', draft: { ...settings, epochs: 77 } });
    await saved();
    tab.kill();

    const again = await openTab();
    const [summary, ...others] = await again.call({ kind: 'projects' });
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ id: project, kind: 'text', examples: first.examples.length + 2, classes: 2 });
    const opened = await again.call({ kind: 'open-project', project });
    const { undo: _, ...left } = edited;
    expect(opened.dataset).toEqual({ ...left, editedBefore: true });
    expect(opened.draft?.epochs).toBe(77);
    const last = edited.examples.length - 1;
    expect(await again.call({ kind: 'texts', ids: [last], whole: true })).toEqual([
      { id: last, text: 'an insect that eats wood', cut: false },
    ]);
    expect(await again.call({ kind: 'find-texts', query: 'eats WOOD' })).toEqual(Int32Array.of(last));
    again.kill();
  });

  it('keep their runs, which answer as before; other columns leave them be', async () => {
    const tab = await openTab();
    await tab.call({ kind: 'open-project', project });
    const status = await tab.call({ kind: 'train', run: 'one', settings, place: { number: 1 } });
    expect(status).toMatchObject({ phase: 'done' });
    wanted = await loss(tab);
    const mapping = { layout: 'labelled', columns: { text: 'text', label: 'use' } } as const;
    const other = await tab.call({ kind: 'remap', mapping });
    expect(await loss(tab)).toEqual(wanted);
    await saved();
    tab.kill();

    const again = await openTab();
    expect((await again.call({ kind: 'projects' })).map(({ id, runs }) => [id, runs])).toEqual([
      [other.id, 0],
      [project, 1],
    ]);
    const { runs } = await again.call({ kind: 'open-project', project });
    expect(runs).toMatchObject([{ id: 'one', hasWeights: true, samples: [] }]);
    expect(await loss(again)).toEqual(wanted);
    again.kill();
  });

  it('keep a checkpoint that was dropped in, and the run that began with it', async () => {
    const files = import.meta.glob<string>('./pretrained/fixtures/bert-labels/*', {
      query: '?url',
      import: 'default',
      eager: true,
    });
    const dropped = Object.entries(files).map(async ([path, url]) => ({
      path: `stars/${path.split('/').at(-1)}`,
      file: await (await fetch(url)).blob(),
    }));
    const tab = await openTab();
    const { dataset } = await tab.call({ kind: 'open-project', project });
    const open = async () => tab.call({ kind: 'open-files', files: await Promise.all(dropped), into: 'new' });
    const [opened, spare] = [await open(), await open()];
    if (opened.kind !== 'checkpoint' || spare.kind !== 'checkpoint') throw new Error('no checkpoint');
    const { ref, headOptions } = opened.model;
    const task = { ...settings.task, ...headOptions };
    const method = { id: 'full', options: {} };
    await tab.call({ kind: 'train', run: 'stars', settings: { ...settings, model: ref, method, task, epochs: 1 } });
    const tried = { kind: 'example', id: 0 } as const;
    const before = await tab.call({ kind: 'predict', run: 'stars', tried });
    expect(before.pretrained.map(({ label }) => label).toSorted()).toEqual(['bad', 'good', 'so so']);
    await saved();
    // one that no run came of can go, from memory and disk
    const inUse = { problem: { code: 'model-in-use' } };
    await expect(tab.call({ kind: 'forget-model', model: ref.id })).rejects.toMatchObject(inUse);
    await tab.call({ kind: 'forget-model', model: spare.model.ref.id });
    const missing = { problem: { code: 'model-missing' } };
    await expect(tab.call({ kind: 'open-model', model: spare.model.ref })).rejects.toMatchObject(missing);
    tab.kill();

    const again = await openTab();
    const { models, runs } = await again.call({ kind: 'open-project', project: dataset.id });
    expect(models).toEqual([opened.model]);
    expect(runs.map(({ id, imported }) => [id, imported])).toEqual([
      ['one', false],
      ['stars', false],
    ]);
    await expect(again.call({ kind: 'forget-model', model: ref.id })).rejects.toMatchObject(inUse);
    expect(await again.call({ kind: 'predict', run: 'stars', tried })).toEqual(before);
    again.kill();
  });
});
