import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultSettings } from '../protocol/settings.ts';
import { deleteAll, isKept, killAll, openTab } from './testing/tabs.ts';
import { settings as settingsOf } from './testing.ts';

beforeAll(deleteAll);
afterAll(killAll);

it('what was measured of tasks in sequence, and what cures added, is there after a reload and in the download', async () => {
  const zip = unzipSync(new Uint8Array(await (await fetch('/samples/digits-5-9.zip')).arrayBuffer()));
  const files = Object.entries(zip)
    .filter(([path], i) => path.endsWith('.png') && i % 10 === 0)
    .map(([path, bytes]) => ({ path, file: new Blob([bytes as Uint8Array<ArrayBuffer>]) }));
  const cures = { ...defaultSettings().cures, l2sp: 0.1 };
  const settings = settingsOf({ epochs: 2, batchSize: 16, tasks: 2, cures });

  const tab = await openTab();
  const opened = await tab.call({ kind: 'open-files', files, into: 'new' });
  if (opened.kind !== 'dataset') throw new Error('no data set');
  await tab.until(isKept);
  await tab.call({ kind: 'train', run: 'tasks', settings, place: { number: 1 } });
  const matrix = tab.events.flatMap((event) => (event.kind === 'matrix' ? [event.matrix] : [])).at(-1)!;
  expect(matrix.tasks).toEqual([
    ['5', '6', '7'],
    ['8', '9'],
  ]);
  expect(matrix.rows.map(({ accuracy }) => accuracy.length)).toEqual([2, 2]);
  tab.kill();

  const again = await openTab();
  const { runs } = await again.call({ kind: 'open-project', project: opened.dataset.id });
  const [run] = runs;
  expect(run!.matrix).toEqual(matrix);
  expect(run!.settings).toMatchObject({ tasks: 2, cures });
  const training = run!.points.filter(({ split }) => split === 'train');
  expect(training.length).toBeGreaterThan(0);
  expect(training.every(({ penalty }) => penalty !== undefined)).toBe(true);
  const { blob, card } = await again.call({ kind: 'export', run: 'tasks', history: run!.points, title: 'tasks' });
  const entries = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const curves = JSON.parse(new TextDecoder().decode(entries['curves.json']));
  expect(curves.matrix).toEqual(JSON.parse(JSON.stringify(matrix)));
  expect(card).toContain('L2-SP (Li et al. 2018), alpha 0.1');
  again.kill();
});
